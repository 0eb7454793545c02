"""Before a model is switched off, people in Slack put their names to what the policy wants attested."""

from __future__ import annotations

from pathlib import Path

from data.records.progress import Progress, StepKind
from data.records.retirement import State
from tests.scenarios.home import open_home, press, said
from tests.scenarios.town import ADA, BRUNO, GOVERNANCE, POLICY, SAM, TOM, Town, buttons, words

ATTESTED = f"""{POLICY}
[attestations.retention]
text = "What has to be kept of it is in its archive."
groups = ["model.owner"]
[attestations.privacy]
text = "Nobody can be told from it."
roles = ["security"]
valid_days = 60
"""
ASKED = "RET-1/announcement-1/attestation/{}/0"


def test_a_model_is_switched_off_once_both_names_are_there(tmp_path: Path) -> None:
    with Town(tmp_path, policy=ATTESTED) as town:
        town.announce()
        assert "\n" not in "".join(town.keys(GOVERNANCE))
        town.everybody_moves()
        town.command(SAM, "subscribe")
        town.pass_time(days=40)
        request = town.posted(GOVERNANCE, ASKED.format("retention"))
        assert "an owner of the model may:" in words(request)
        assert f"<@{TOM}>" in words(request)
        town.press(BRUNO, request, "attestation.give")
        assert "You may not attest retention of RET-1" in town.told(BRUNO)

        town.opens(ADA, lambda: town.press(ADA, request, "attestation.give"))
        assert town.submit(ADA, {"attestation.evidence": "  "}) == {
            "attestation.evidence": "say where it can be seen"
        }
        assert town.submit(ADA, {"attestation.evidence": "https://wiki.larkspur.example/kept"}) == {}
        request = town.posted(GOVERNANCE, ASKED.format("retention"))
        assert f"is attested by <@{ADA}>" in words(request)
        assert buttons(request) == []
        assert f":memo: <@{ADA}> attests retention until" in town.thread()

        *_, digest = (one for one in town.slack.messages(SAM) if "Your retirements" in words(one))
        assert "nobody has attested privacy; role security may" in words(digest), (
            "that is all he is told of it"
        )
        town.pass_time(days=10)
        held = town.retirement().progress(StepKind.DISABLE)
        assert held.progress is Progress.HELD
        assert held.gates == ("attestation/privacy",)
        assert "`/retire attest RET-1 privacy EVIDENCE`" in town.command(TOM, "show RET-1")
        assert "role security" in town.command(TOM, "attest RET-1 privacy it is fine")
        assert "Yours to attest (1)" in open_home(town, SAM)
        town.opens(SAM, lambda: press(town, SAM, "attestation.give"))
        assert town.submit(SAM, {"attestation.evidence": "DPIA 7 was closed"}) == {}
        assert "You attest privacy of RET-1" in town.told(SAM)
        assert "Yours to attest" not in said(town, SAM)
        town.pass_time(hours=1)
        assert town.retirement().state is State.DISABLED
