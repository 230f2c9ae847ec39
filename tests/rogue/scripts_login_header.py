"""Scripts: headers of Login Responses, refusals, and closing (events 20, 35 to 37)."""

from reply import login
from script import TARGET_ENDS, event, script

script(
    "initiator-task-tag-of-another",
    "LOP-014",
    bends=[login(1, header={"itt": 0x12345678})],
    events=[event(37)],
)

script(
    "closes-after-first-request",
    "LOP-051",
    bends=[login(1, close_instead=True)],
    events=[event(35)],
    reaction=TARGET_ENDS,
)

script(
    "refuses-with-0203",
    "LOP-042",
    bends=[login(1, status=(2, 3))],
    events=[event(36, ["2"], status_class=2, status_code=3, target_address="{portal}")],
)
