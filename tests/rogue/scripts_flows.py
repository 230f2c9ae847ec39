"""Scripts: whole flows of a target that does nothing wrong; they must raise nothing."""

from reply import ALL, bend, login
from script import GOES_ON, TARGET_ENDS, event, script

script("an-undisturbed-scan", "SES-012", command=["scan", "{url}"], reaction=GOES_ON)
script(
    "an-undisturbed-discovery",
    "SES-012",
    command=["discover", "{portal}"],
    reaction=GOES_ON,
)
script(
    "an-undisturbed-session-with-digests",
    "LOP-070",
    options=["--header-digest", "crc32c", "--data-digest", "crc32c"],
    command=["scan", "{url}"],
    reaction=GOES_ON,
)
script(
    "an-undisturbed-inquiry",
    "SES-012",
    scenario="inquiry",
    reaction=GOES_ON,
)
