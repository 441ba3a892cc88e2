"""What needs two persons in this app: registered when the application starts (casetracker/access/approvals.py)."""

from casetracker.access.approvals import register
from rounds.actions import approving, consent, lowering, merge

for kind in (approving.KIND, consent.KIND, lowering.LIST_KIND, lowering.RESPONSE_KIND, merge.KIND):
    register(kind)
