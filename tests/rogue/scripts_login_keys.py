"""Scripts: what a target answers to the keys of a login (events 10, 11, 13 to 18)."""

from reply import login
from script import GOES_ON, event, script


def out_of_range(key, value, smallest, largest, preferred):
    return event(15, min=smallest, max=largest, preferred=preferred, key=key, value=value)


script("an-undisturbed-login", "SES-012", reaction=GOES_ON)

script(
    "max-burst-length-of-zero",
    "LOP-059 TXT-043",
    bends=[login(2, replace={"MaxBurstLength": "0"})],
    events=[out_of_range("MaxBurstLength", "0", 512, 16777215, 1048576)],
)

script(
    "key-that-nobody-knows",
    "TXT-026",
    bends=[login(1, append=[("X-com.example.rogue", "1")])],
    events=[event(13, key="X-com.example.rogue")],
    answers={"X-com.example.rogue": "NotUnderstood"},
    reaction=GOES_ON,
)

script(
    "immediate-data-is-rejected",
    "TXT-031",
    bends=[login(2, replace={"ImmediateData": "Reject"})],
    events=[event(11, key="ImmediateData")],
)
