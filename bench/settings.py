"""Settings of a measured installation: those of production, with data, secrets and static files in one folder.

`BENCH_FOLDER` and `BENCH_DATABASE_URL` say which; bench/run.py sets them.
"""

import os
from pathlib import Path

FOLDER = Path(os.environ["BENCH_FOLDER"])
os.environ |= {
    "CASETRACKER_ENV": "production",
    "CASETRACKER_HOSTS": "127.0.0.1 localhost",
    "CASETRACKER_BEHIND_PROXY": "1",
    "CASETRACKER_DATABASE_URL": os.environ["BENCH_DATABASE_URL"],
    "CASETRACKER_SECRET_KEY": "generated data only, nothing secret here; long as it must be",
    "CASETRACKER_SEALING_KEY": "generated data only, nothing sealed here; long as it must be",
}

from casetracker.settings import *  # noqa: E402, F403

STATIC_ROOT = FOLDER / "static"
