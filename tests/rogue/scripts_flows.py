"""Scripts: whole flows of a target that does nothing wrong; they must raise nothing."""

from script import GOES_ON, script

script("an-undisturbed-scan", "SES-009 SES-011 SES-012 SES-015 SES-019", command=["scan", "{url}"], reaction=GOES_ON)
script(
    "an-undisturbed-discovery",
    "SES-009 SES-011 SES-012 SES-015 SES-019",
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
    "SES-009 SES-011 SES-012 SES-015 SES-019",
    scenario="inquiry",
    reaction=GOES_ON,
)
