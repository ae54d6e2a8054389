"""The one botocore session of this process: shared by the table and every gateway, because a second session
costs 100 ms of CPU at a cold start."""

from functools import cache

import botocore.session
from botocore.config import Config
from botocore.session import Session


@cache
def session() -> Session:
    made = botocore.session.get_session()
    # Said once here, it is not put together anew from a dozen parts for every request.
    made.set_default_client_config(Config(user_agent="liana"))
    return made
