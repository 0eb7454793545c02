"""Neighbourhoods of any size, with the names people and machines really give, and worse."""

from __future__ import annotations

from data.catalog.neighbourhood import FIRST_LAYER, MODEL_LAYER, PART_LAYER, Link, Mark, Neighbourhood, Node

HOSTILE = (
    "billing-etl",
    "customer-lifetime-value-predictions-for-the-quarterly-board-report-of-the-emea-region-v2-final-final",
    "نموذج-التنبؤ-بتسرب-العملاء-في-الشرق-الأوسط",
    "מנוע המלצות 2024 (ישן)",
    "顧客離脱予測モデル・日次バッチ集計パイプライン（東日本）",
    "🦀🔥👩‍👩‍👧‍👦🇩🇪 crab-export 🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀",
    "고객 이탈 예측 대시보드",
    "Z̸̢̛̛̗̰̈́̋̿a̷̡̛̻l̶̰̈g̴̱̈́o̵͓͝-dashboard",
    "W" * 400,
    "\u202egnp.exe\u202c<script>alert(1)</script>&amp;",
    "ग्राहक-मंथन-रिपोर्ट",
    "crm sync\twith\nbreaks",
)
TEAMS = (
    "Billing",
    "CRM",
    "Letters",
    "Logistics",
    "Growth ML",
    "Insights",
    "データ基盤",
    "فريق المالية",
    "Platform",
    "Risk",
)


def a_neighbourhood(count: int, *, names: tuple[str, ...] = HOSTILE, successor: bool = True) -> Neighbourhood:
    """So many nodes in all: a model, its successor, an endpoint or two, and consumers in layers; the same each time."""
    nodes = [Node(id="model:churn", name="churn-v1", layer=MODEL_LAYER, marks=frozenset({Mark.RETIRES}))]
    if successor and count > 3:
        nodes.append(
            Node(id="model:next", name="churn-v2", layer=MODEL_LAYER, marks=frozenset({Mark.SUCCESSOR}))
        )
    parts = min(2 if count < 100 else 5, count - len(nodes) - 1)
    nodes += [
        Node(
            id=f"endpoint:{number}", name=f"churn-v1-{number}", layer=PART_LAYER, about="sagemaker endpoint",
            marks=frozenset({Mark.PART}),
        )
        for number in range(parts)
    ]  # fmt: skip
    links = [Link(from_id=node.id, to_id="model:churn") for node in nodes if node.layer == PART_LAYER]
    before = [node.id for node in nodes if node.layer == PART_LAYER] or ["model:churn"]
    left, layer, number = count - len(nodes), FIRST_LAYER, 0
    while left:
        here = max(1, min(left, left * 3 // 5 if layer < FIRST_LAYER + 7 else left))
        own = [_consumer(number + one, layer, names) for one in range(here)]
        links += [
            Link(
                from_id=node.id,
                to_id=before[(number * 7 + at * 3) % len(before)],
                is_seen=Mark.ONLY_SEEN in node.marks,
            )
            for at, node in enumerate(own)
        ]
        nodes += own
        before = [node.id for node in own]
        left, layer, number = left - here, layer + 1, number + here
    return Neighbourhood(nodes=tuple(nodes), links=tuple(links))


def _consumer(number: int, layer: int, names: tuple[str, ...]) -> Node:
    team = "" if number % 11 == 5 else TEAMS[number * number % len(TEAMS)]
    marks = set() if team else {Mark.UNOWNED}
    about = team or "nobody answers for it"
    if number % 17 == 6:
        marks.add(Mark.ONLY_SEEN)
        about += " · only seen calling"
    if number % 23 == 9:
        marks.add(Mark.UNSEEN)
        about += " · unseen since 2026-03-09"
    name = names[number % len(names)]
    name = name if number < len(names) else f"{name}-{number}"
    return Node(
        id=f"component:default/{number}",
        name=name,
        layer=layer,
        team=team,
        about=about,
        marks=frozenset(marks),
    )
