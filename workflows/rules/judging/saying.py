"""What was judged, in one or two plain sentences with their numbers, for the card of a migration and its thread."""

from __future__ import annotations

from data.records.judged import Judgement, Needed, Verdict
from data.records.outputs import Bias, Contract, FieldDiffers, Flips, Found, GroupChange, Noise
from workflows.rules.judging.looks import ERRORS, SLOWER, TIMEOUTS
from workflows.rules.wording import counted, named, spoken

ONE = {ERRORS: "error", TIMEOUTS: "timeout"}


def said(one: Judgement, old: str) -> str:
    """ "HOLD: 3 errors in 1,200 calls on the successor, 10 in 11,000 on churn-v1: needs about ...".

    old   what the model is called
    """
    who = f"{one.consumer}: " if one.consumer else ""
    text = f"{str(one.verdict).upper()}: {who}{_numbers(one, old)}: {_why(one)}"
    return f"{text}. It decides nothing, as {one.barred}" if one.barred else text


def flips_said(one: Flips) -> str:
    """Whose decisions come out otherwise, and whether that may be."""
    share = f"at most {_percent(one.share_max)} may"
    noise = f", besides {one.noise:,} of {one.again:,} that do with the old model itself" if one.again else ""
    order = f"; scores are in the same order to {one.tau:.2f} (Kendall's tau)" if one.tau is not None else ""
    untold = f"; of {one.untold:,} more a score is missing" if one.untold else ""
    worst = f"; worst: {named(one.worst_ids)}" if one.worst_ids else ""
    return (
        f"{one.threshold.consumer_id} at {one.threshold.at:,.6g}: {one.lost + one.gained:,} of"
        f" {counted(one.inputs, 'decision')} come out otherwise ({one.lost:,} from yes to no, {one.gained:,} from no to"
        f" yes); {share}{noise}: {one.standing}{untold}{order}{worst}"
    )


def bias_said(bias: Bias) -> list[str]:
    """A line for each group, and one for what is reported beside them."""
    lines = [_group_said(one) for one in bias.groups]
    if bias.old_gap is not None and bias.new_gap is not None:
        lines.append(
            f"Between the best group and the worst: {_percent(bias.old_gap)} before, {_percent(bias.new_gap)} now"
        )
    if bias.ungrouped:
        lines.append(f"Of {counted(bias.ungrouped, 'input')} nobody tells the group")
    return lines


def found_said(one: Found) -> str:
    """What is wrong with answers, in how many, and where to look."""
    where = one.path or "the answer"
    more = f" (first: {named(one.input_ids)})" if one.input_ids else ""
    return f"{where} {one.what}, in {counted(one.count, 'answer')}{more}"


def field_said(one: FieldDiffers) -> str:
    """How much more often a field differs than it does by itself."""
    more = f" (worst: {named(one.input_ids)})" if one.input_ids else ""
    own = f", with the old model itself in {one.noise_only:,} others" if one.noise is not Noise.EXACT else ""
    rule = "it always was the same" if one.noise is Noise.EXACT else f"adjusted p {one.p_adjusted:.2g}"
    return f"{one.path} differs in {counted(one.raw_only, 'answer')}{own}: {one.standing}, {rule}{more}"


def contract_said(contract: Contract) -> str:
    """What it was learned from."""
    cut = (
        "; they had more fields than are kept, and what is not kept is not compared"
        if contract.is_cut
        else ""
    )
    fields = counted(len(contract.fields), "field")
    return f"{fields} learned from {counted(contract.answers, 'answer')}{cut}"


def _numbers(one: Judgement, old: str) -> str:
    bad, rest = _bad(one.metric, one.new_bad)
    if one.is_paired:
        calls = counted(one.new_calls, "call")
        return f"of {calls} that both models got, {bad}{rest} on the successor only, {one.old_bad:,} on {old} only"
    new = f"{bad}{rest} in {counted(one.new_calls, 'call')} on the successor"
    return f"{new}, {one.old_bad:,} in {one.old_calls:,} on {old}"


def _bad(metric: str, count: int) -> tuple[str, str]:
    if metric in ONE:
        return counted(count, ONE[metric]), ""
    return f"{count:,}", f" {metric}" if metric.startswith(SLOWER) else f" ({metric})"


def _why(one: Judgement) -> str:
    margins = one.margins
    if one.verdict is Verdict.ABORT:
        over = f" and in more than {_percent(margins.floor)} of calls" if margins.floor else ""
        return f"proven to be more than {margins.abort_ratio:,.3g} times as frequent{over}"
    if one.verdict is Verdict.PROMOTE:
        under = f", or in less than {_percent(margins.floor)} of calls" if margins.floor else ""
        return f"proven to be less than {margins.promote_ratio:,.3g} times as frequent{under}"
    if one.gap is not None:
        since = f" since {one.gap_since:%Y-%m-%d %H:%M} UTC" if one.gap_since is not None else ""
        return f"{one.gap}{since}, which is no proof of anything"
    if not one.old_bad + one.new_bad and not margins.floor:
        return "nothing was bad on either side yet, so nothing tells them apart"
    return _needs(one.needed) if one.needed is not None else "no number of calls is likely to decide it"


def _needs(needed: Needed) -> str:
    if not needed.calls:
        return "the next calls decide it"
    calls = f"needs about {_about(needed.calls):,} more calls"
    return calls if needed.seconds is None else f"{calls}, {spoken(needed.seconds)} at this rate"


def _about(calls: int) -> int:
    """Two digits: more than that is not known of the future."""
    return int(float(f"{calls:.2g}"))


def _percent(share: float) -> str:
    return f"{100 * share:,.3g} %"


def _group_said(one: GroupChange) -> str:
    return (
        f"{one.group}: {one.standing}. Of {counted(one.inputs, 'input')}, {one.lost:,} lost the good decision and"
        f" {one.gained:,} gained it, {100 * one.effect:+,.3g} % (adjusted p {one.p_adjusted:.2g}); good before"
        f" {_percent(one.old_good / one.inputs)}, now {_percent(one.new_good / one.inputs)}"
    )
