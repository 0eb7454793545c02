"""Does a whole retirement work, as its users would play it? Everybody acts and looks through Slack only.

People are played one after the other, because the emulator has one stack of modals for all. Checked outside
of Slack is only what Slack cannot show: that a process is gone, and that callers moved.
"""

from __future__ import annotations

import time

from bot.demo.company import Say
from bot.demo.hands import MissingError
from bot.demo.steps import Step
from bot.demo.story import consumers, end, vote
from bot.demo.story.stage import Stage
from data.errors import EmeritusError

STORY = {**vote.SCENES, **consumers.SCENES, **end.SCENES}


def play(stage: Stage, say: Say) -> tuple[Step, ...]:
    """Every step of the story. One that fails ends it: what follows would only wait."""
    began, steps = time.monotonic(), []
    for name, scene in STORY.items():
        try:
            step = Step(name=name, ok=True, detail=scene(stage))
        except (EmeritusError, MissingError) as error:
            step = Step(name=name, ok=False, detail=str(error))
        steps.append(step)
        say(f"{time.monotonic() - began:12.1f} s  {'ok     ' if step.ok else 'MISSING'}  {name}")
        if not step.ok:
            break
    unseen = [*STORY][len(steps) :]
    return (*steps, *(Step(name=name, ok=False, detail="not reached") for name in unseen))
