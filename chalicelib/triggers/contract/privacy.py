"""What a person may ask of us: everything about herself, and to be forgotten."""

from typing import Annotated

from msgspec import Meta

from chalicelib.triggers.contract.shared import ONE_LINE, Agent, Examples, Input

Reason = Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]
DryRun = Annotated[bool, Meta(description="Only say what there is, and do nothing.")]


class ExportIn(Input, frozen=True, kw_only=True):
    """On whose word, and why. Both are kept until the export expires."""

    author: Annotated[Agent, Meta(description="The agent who answers for it.")]
    reason: Reason
    dry_run: DryRun = False


class ErasureIn(Input, frozen=True, kw_only=True):
    """On whose word, and why. Both are kept for good: write nothing here that names her."""

    author: Annotated[Agent, Meta(description="The agent who answers for it.")]
    reason: Reason
    dry_run: DryRun = False


EXAMPLES: Examples = {
    ExportIn: [{"author": "Tom", "reason": "Her letter of 20 November."}],
    ErasureIn: [{"author": "Tom", "reason": "Her letter of 20 November.", "dry_run": True}],
}
