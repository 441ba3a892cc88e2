"""What needs two persons in this app: registered when the application starts (casetracker/access/approvals.py)."""

from cases.actions import exporting, lowering, unsealing
from casetracker.access.approvals import register

for kind in (lowering.KIND, unsealing.KIND, exporting.KIND):
    register(kind)
