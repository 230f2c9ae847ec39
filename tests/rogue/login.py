"""The login phase of a correct target: checks each request, answers as RFC 7143 6.3 demands."""

import keys
import reply as replies
from chap import Chap
from pdu import FULL_FEATURE, LOGIN_REQUEST, LOGIN_RESPONSE, OPERATIONAL, SECURITY, Pdu

# The header of a part of a text that goes on.
CONTINUED = {"transit": 0, "nsg": 0, "tsih": 0, "more": 1}


class Login:
    """One connection's login; `connection` sends and complains for it."""

    def __init__(self, connection):
        self.connection = connection
        self.complain = connection.complain
        self.options = connection.target.options
        self.stage = SECURITY
        self.first = None  # the first request: what must stay as it is
        self.text = b""
        self.seen = {}  # keys of the initiator by name, over the whole login
        self.outbox = []  # pairs to say
        self.later = []  # pairs kept back by a script
        self.unsent = []  # parts of a text that goes on
        self.method = None
        self.chap = Chap(self, self.options["chap"] or {})
        self.declared = False
        self.done = False
        self.discovery = False
        self.operational = False

    def request(self, pdu):
        """Answers one Login Request."""
        self._check(pdu)
        if self.unsent:
            self._next_part(pdu)
            return
        self.text += pdu.data
        if pdu.more:
            self._respond(pdu, transit=False)
            return
        pairs = keys.decode(self.text, self.complain)
        self.text = b""
        self._take(pairs)
        self._speak()
        self._respond(pdu, transit=bool(pdu.transit))

    # Checks.

    def _check(self, pdu):
        if self.first is None:
            self.first = pdu
            if pdu.tsih:
                self.complain(f"TSIH {pdu.tsih} in the login of a new session")
            if pdu.csg != SECURITY:
                self.complain("the login does not begin with the security stage")
        same = ("isid", "tsih", "itt", "cid", "cmd_sn", "version_max", "version_active")
        for name in same:
            if getattr(pdu, name) != getattr(self.first, name):
                self.complain(f"{name} changes during login")
        if pdu.header[0] != 0x40 | LOGIN_REQUEST:
            self.complain(f"byte 0 of a Login Request is {pdu.header[0]:#04x}")
        if pdu.reserved1 or pdu.header[22:24] != b"\0\0" or any(pdu.header[32:48]):
            self.complain("a reserved field of a Login Request is not zero")
        if pdu.version_max or pdu.version_active or pdu.ahs_length:
            self.complain("a version or TotalAHSLength of a Login Request is not zero")
        if pdu.itt == 0xFFFFFFFF:
            self.complain("the reserved task tag in a Login Request")
        if pdu.csg != self.stage:
            self.complain(f"CSG {pdu.csg} in stage {self.stage}")
        if pdu.more and pdu.transit:
            self.complain("C and T together in a Login Request")
        if pdu.transit and (pdu.nsg == 2 or pdu.nsg <= pdu.csg):
            self.complain(f"NSG {pdu.nsg} from stage {pdu.csg}")
        if not pdu.transit and pdu.nsg:
            self.complain("NSG without T")
        if self.unsent and (pdu.data or pdu.transit or pdu.more):
            self.complain("an answer to a response with C = 1 is not empty, or wants to go on")
        expected = self.connection.stat_sn
        if pdu is not self.first and pdu.exp_stat_sn != expected:
            self.complain(f"ExpStatSN {pdu.exp_stat_sn:#x}, not {expected:#x}")

    def _check_names(self):
        for name in ("InitiatorName",) + (() if self.discovery else ("TargetName",)):
            if name not in self.seen:
                self.complain(f"no {name} in the first request")
        if not self.discovery and self.seen.get("TargetName") != self.options["target_name"]:
            self.complain(f"TargetName={self.seen.get('TargetName')}")

    # The initiator's keys.

    def _take(self, pairs):
        first = not self.seen
        for key, value in pairs:
            asked = key in self.connection.proposed
            if key in self.seen and not asked:
                self.complain(f"{key} comes twice")
            self.seen[key] = value
            if value == "NotUnderstood" or asked:
                self.connection.answers[key] = value
                continue
            self._take_one(key, value)
        if first:
            self.discovery = self.seen.get("SessionType") == "Discovery"
            self._check_names()

    def _take_one(self, key, value):
        if key in keys.ANY_STAGE:
            if key in ("TargetAddress", "TargetAlias", "TargetPortalGroupTag"):
                self.complain(f"{key} is the target's to send")
            return
        security = key == "AuthMethod" or key in keys.CHAP_KEYS
        if security != (self.stage == SECURITY):
            self.complain(f"{key} in stage {self.stage}")
        elif key == "AuthMethod":
            self._choose_method(value.split(","))
        elif key in keys.CHAP_KEYS:
            pass  # read together once all have come
        elif key == "MaxRecvDataSegmentLength":
            length = keys.number(value)
            if length is None or not 512 <= length <= 16777215:
                self.complain(f"{key}={value}")
            self.connection.initiator_max_data = length or 8192
        else:
            self._negotiate(key, value)

    def _negotiate(self, key, value):
        wishes = self.options["wishes"]
        answer = keys.answer(key, value, wishes, self.discovery, self.complain)
        if key in self.options["unknown"]:
            answer = "NotUnderstood"
        self.connection.results[key] = answer
        self.outbox.append((key, answer))

    def _choose_method(self, offered):
        own = ["None"] if self.options["chap"] is None else ["CHAP"]
        wanted = self.options["methods"] or own
        self.method = next((method for method in offered if method in wanted), "Reject")
        self.outbox.append(("AuthMethod", self.method))

    # What the target says.

    def _speak(self):
        if not self.declared:
            self.declared = True
            if not self.discovery and self.options["portal_group"] is not None:
                self.outbox.append(("TargetPortalGroupTag", self.options["portal_group"]))
        if self.stage == OPERATIONAL and not self.operational:
            self.operational = True
            length = self.options["wishes"]["MaxRecvDataSegmentLength"]
            self.outbox.append(("MaxRecvDataSegmentLength", length))
        if self.stage == SECURITY and self.method == "CHAP":
            self.outbox += self.chap.speak()

    def _secure(self):
        """Whether the security stage may be left."""
        return self.method != "CHAP" or self.chap.proved

    # Responses.

    def _respond(self, request, transit):
        transit = transit and (self.stage != SECURITY or self._secure())
        pdu = Pdu(LOGIN_RESPONSE, csg=self.stage, isid=request.isid, itt=request.itt)
        if transit:
            pdu.set(transit=1, nsg=request.nsg)
            if request.nsg == FULL_FEATURE:
                pdu.tsih = self.options["tsih"]
        self.connection.number_pdu(pdu, request)
        pairs, self.outbox = self.outbox + self.later, []
        self.later = []
        answer = replies.Reply(self.connection, "login", request, [pdu], pairs)
        self.connection.bend(answer)
        self._commit(answer)

    def _commit(self, answer):
        self.connection.propose(answer.pairs)
        text = answer.key_text
        if answer.split:
            edges = [0] + answer.split + [len(text)]
            parts = [text[a:b] for a, b in zip(edges, edges[1:])]
            last = answer.pdu
            self.unsent = [(part, answer) for part in parts[1:]]
            more = Pdu(data=parts[0])
            more.header[:] = last.header
            more.set(**{**CONTINUED, **answer.spread})
            self.connection.send_pdu(more)
            return
        answer.pdu.data = text
        answer.pdu.set(**answer.header)
        self._go_on(answer)

    def _next_part(self, request):
        part, answer = self.unsent.pop(0)
        pdu = answer.pdu if not self.unsent else Pdu()
        pdu.header[:] = answer.pdu.header
        pdu.data = part
        self.connection.number_pdu(pdu, request)
        self.connection.mark()
        if self.unsent:
            pdu.set(**{**CONTINUED, **answer.spread})
            self.connection.send_pdu(pdu)
            return
        if not request.transit:
            pdu.set(transit=0, nsg=0, tsih=0)  # the stage is left with the next response
        pdu.set(**answer.header)
        self._go_on(answer)

    def _go_on(self, answer):
        """Sends a response and enters the stage that it agrees to, if it is a sound one."""
        pdu = answer.pdu
        self.connection.send(answer)
        if pdu.transit and pdu.status_class == 0:
            if pdu.nsg == FULL_FEATURE:
                self.done = True
            elif pdu.nsg > self.stage:
                self.stage = pdu.nsg

    # For scripts.

    def keep_back(self, answer, count):
        if len(answer.pairs) > count:
            self.later = answer.pairs[count:]
            del answer.pairs[count:]
            self.stay(answer)

    @staticmethod
    def stay(answer):
        answer.pdu.set(transit=0, nsg=0, tsih=0)
