"""All that a level asks of a text or a picture, in one place for the web and the worker.

| level    | word lists | personal data, where it leaves the house | judged by a model, if set up |
|----------|------------|------------------------------------------|------------------------------|
| kids     | yes        | yes                                      | prompt, new text, picture    |
| youth    | yes        | yes                                      | prompt, new text, picture    |
| adult    | yes        | yes                                      | –                            |
| research | yes        | –                                        | –                            |

A model that is set up belongs to what its levels need: where it does not answer, they are closed.
A new text, which a model wrote, is looked at by the lists as it comes and checked like a prompt at
its end. For the youngest it waits until the judge has read it, as previews of pictures do.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pipelines.engines.patience import OnWait
from pipelines.safety.errors import Blocked
from pipelines.safety.llm_judge import (
    JUDGED_LEVELS,
    LIFTABLE,
    Judge,
    Verdict,
    judge_finding,
    judge_picture,
    judge_prompt,
)
from pipelines.safety.messages import message_for, picture_closed_message, picture_message
from pipelines.safety.personal_data import check_personal_data
from pipelines.safety.text_check import (
    LEVELS,
    Finding,
    Part,
    SafetyBlocked,
    SafetyClosed,
    SafetyLists,
    find_all,
    known_level,
)

PRIVATE_LEVELS = frozenset({"kids", "youth", "adult"})
# Those who see no text of a model that its judge has not read.
JUDGED_FIRST_LEVELS = frozenset({"kids"})


class JudgedBlocked(Blocked):
    """A model said no; `verdict` is for the record, `reason` its category."""

    def __init__(self, verdict: Verdict, *, stage: int, message: str) -> None:
        super().__init__(stage=stage, reason=verdict.category, message=message)
        self.verdict = verdict


class NotJudged(SafetyClosed):
    """A model that is set up gave no judgement; `verdict` says why."""

    def __init__(self, verdict: Verdict, *, stage: int, message: str = "") -> None:
        super().__init__(stage=stage, message=message)
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class Screening:
    """The checks of this installation; `judge` reads texts, `vision_judge` looks at pictures.

    `missing_models` names what the settings ask for and is not there; it closes the levels that
    would be judged. Every check raises `Blocked`: `SafetyBlocked`, `PersonalData`, `JudgedBlocked`,
    or `SafetyClosed` where the level cannot be checked.
    """

    lists: SafetyLists
    judge: Judge | None = None
    vision_judge: Judge | None = None
    missing_models: tuple[str, ...] = ()

    def check_idea(self, text: str, level: str, *, is_external: bool) -> None:
        self._check(text, level, stage=1, part="idea", is_external=is_external)

    def check_rule(self, text: str, level: str, *, is_external: bool, stage: int = 1) -> None:
        self._check(text, level, stage=stage, part="rule", is_external=is_external)

    def check_prompt(self, text: str, level: str, *, is_external: bool) -> None:
        """Check what can be checked at once; before an engine gets it, `check_final_prompt`."""
        self._check(text, level, stage=3, part="prompt", is_external=is_external)

    def check_final_prompt(
        self,
        text: str,
        level: str,
        *,
        is_external: bool,
        stage: int = 3,
        on_wait: OnWait | None = None,
    ) -> Verdict | None:
        """Check a prompt as `check_prompt` does and have it judged where the level asks for it.

        `on_wait` is called twice a second while a judge is waited for; what it raises ends that.
        """
        part: Part = "idea" if stage == 1 else "prompt"
        self._check(text, level, stage=stage, part=part, is_external=is_external, on_wait=on_wait)
        return self._have_judged(text, level, stage=stage, part=part, on_wait=on_wait)

    def check_written(
        self, text: str, level: str, *, stage: int, on_wait: OnWait | None = None
    ) -> Verdict | None:
        """Check what a model has written, as a whole, as `check_final_prompt` checks a prompt."""
        self._check(text, level, stage=stage, part="written", is_external=False, on_wait=on_wait)
        return self._have_judged(text, level, stage=stage, part="written", on_wait=on_wait)

    def check_passage(self, text: str, level: str, *, stage: int) -> bool:
        """Look at a part of what a model writes, by the lists alone, in a millisecond.

        False where a judge must say first whether it may be read; raises what no judge may lift.
        """
        findings = self.findings_in(text, level, stage=stage)
        for finding in findings:
            if not self._is_liftable(finding, level):
                raise _blocked(finding, stage, "written")
        return not findings

    def findings_in(self, text: str, level: str, *, stage: int) -> list[Finding]:
        """Return what the lists find in `text`; raises `SafetyClosed` where that cannot be told."""
        level = known_level(level)
        self._check_open(level, stage=stage)
        return find_all(self.lists, text, level)

    def check_sketch(self, words: str, level: str, *, on_wait: OnWait | None = None) -> None:
        """Check what can be read in a program that was made: its comments, and what it draws."""
        self._check(words, level, stage=4, part="written", is_external=False, on_wait=on_wait)

    def is_judged_first(self, level: str) -> bool:
        """Whether at `level` no word of a model is shown before its judge has read the whole."""
        return self.judge is not None and known_level(level) in JUDGED_FIRST_LEVELS

    def _have_judged(
        self, text: str, level: str, *, stage: int, part: Part, on_wait: OnWait | None
    ) -> Verdict | None:
        level = known_level(level)
        if self.judge is None or level not in JUDGED_LEVELS:
            return None
        if not self.judge.is_local:
            check_personal_data(text, stage=stage, part=part)
        verdict = judge_prompt(self.judge, text=text, level=level, on_wait=on_wait)
        if not verdict.given:
            raise NotJudged(verdict, stage=stage)
        if not verdict.allowed:
            message = message_for(verdict.category, part)
            raise JudgedBlocked(verdict, stage=stage, message=message)
        return verdict

    def check_picture(
        self, data: bytes, level: str, *, on_wait: OnWait | None = None
    ) -> Verdict | None:
        """Have a finished picture judged where there is a vision judge and the level asks."""
        level = known_level(level)
        self._check_open(level, stage=4, message=picture_closed_message())
        if self.vision_judge is None or not self.looks_at_pictures(level):
            return None
        verdict = judge_picture(self.vision_judge, data=data, level=level, on_wait=on_wait)
        if not verdict.given:
            raise NotJudged(verdict, stage=4, message=picture_closed_message())
        if not verdict.allowed:
            raise JudgedBlocked(verdict, stage=4, message=picture_message())
        return verdict

    def looks_at_pictures(self, level: str) -> bool:
        """Whether pictures are looked at first at `level`; then no preview may be shown either."""
        return self.vision_judge is not None and known_level(level) in JUDGED_LEVELS

    def closed_levels(self, unavailable: Collection[str] = ()) -> dict[str, tuple[str, ...]]:
        """Level → reasons; `unavailable` names the servers that do not answer now."""
        wrong = list(self.missing_models)
        for what, judge in (("texts", self.judge), ("pictures", self.vision_judge)):
            if judge is not None and judge.server in unavailable:
                wrong.append(f"{judge.server}, which judges {what}, does not answer")
        reasons = {
            level: (
                *self.lists.closed.get(level, ()),
                *(wrong if level in JUDGED_LEVELS else ()),
            )
            for level in LEVELS
        }
        return {level: why for level, why in reasons.items() if why}

    def _check_open(self, level: str, *, stage: int, message: str = "") -> None:
        if level in self.lists.closed or (self.missing_models and level in JUDGED_LEVELS):
            raise SafetyClosed(stage=stage, message=message)

    def _is_liftable(self, finding: Finding, level: str) -> bool:
        return self.judge is not None and finding.list_id in LIFTABLE[known_level(level)]

    def _check(
        self,
        text: str,
        level: str,
        *,
        stage: int,
        part: Part,
        is_external: bool,
        on_wait: OnWait | None = None,
    ) -> None:
        level = known_level(level)
        findings = self.findings_in(text, level, stage=stage)
        for finding in findings:
            if not self._is_liftable(finding, level):
                raise _blocked(finding, stage, part)
        judged_outside = bool(findings) and self.judge is not None and not self.judge.is_local
        if judged_outside or (is_external and level in PRIVATE_LEVELS):
            check_personal_data(text, stage=stage, part=part)
        if self.judge is None or not findings:
            return
        category = findings[0].category
        verdict = judge_finding(
            self.judge, text=text, category=category, level=level, part=part, on_wait=on_wait
        )
        if not verdict.given:
            # The list has spoken, and nobody says otherwise.
            raise _blocked(findings[0], stage, part)
        if not verdict.allowed:
            message = message_for(verdict.category, part)
            raise JudgedBlocked(verdict, stage=stage, message=message)


def _blocked(finding: Finding, stage: int, part: Part) -> SafetyBlocked:
    message = message_for(finding.category, part)
    return SafetyBlocked(stage=stage, message=message, finding=finding)
