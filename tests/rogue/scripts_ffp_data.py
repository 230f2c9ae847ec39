"""Scripts: Data-In that RFC 7143 11.7 forbids, and odd Data-In that it allows."""

from faults import data_in, goes_on, inquiry
from pdu import DATA_IN, NO_TAG

goes_on(
    "lun-and-tag-of-data-in-without-a",
    "DAT-018",
    data_in(lun=0xFFFFFFFFFFFFFFFF, ttt=0x12345678),
)
