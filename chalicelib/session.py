"""The one botocore session of this process: shared by the table and every gateway, because a second session
costs 100 ms of CPU at a cold start."""

from functools import cache

import botocore.session
from botocore.session import Session


@cache
def session() -> Session:
    return botocore.session.get_session()
