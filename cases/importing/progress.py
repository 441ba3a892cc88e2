"""How far a running step is, for the page that waits for it.

Written beside the step's own transaction, about once a second: a long write must not hold back its own progress.
"""

import time

from cases.models import ImportBatch

PAUSE = 0.8


class Progress:
    """Counts the rows of one step of one batch."""

    def __init__(self, batch: ImportBatch) -> None:
        self.pk = batch.pk
        self.told = time.monotonic()

    def tick(self, done: int) -> None:
        """`done` rows are through."""
        if time.monotonic() - self.told >= PAUSE:
            self.tell(done)

    def tell(self, done: int) -> None:
        """The same without waiting."""
        self.told = time.monotonic()
        ImportBatch.objects.unscoped("counts rows of a batch its own task works on").filter(pk=self.pk).update(
            progress=done
        )
