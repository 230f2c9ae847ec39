"""PDUs that a target sends of itself, made for the `before` and `after` of a bend."""

from pdu import ASYNC, NO_TAG, NOP_IN, REJECT, Pdu


def behind(make):
    """For `after`: a PDU that uses up the next StatSN."""

    def build(reply):
        made = make(reply)
        reply.connection.number_pdu(made, None)
        return made

    return build


def ahead(make):
    """For `before`: a PDU that takes the StatSN of the reply, which gets the next one."""

    def build(reply):
        made = make(reply)
        status = reply.pdus[-1]
        reply.connection.number_pdu(made, None)
        made.stat_sn, status.stat_sn = status.stat_sn, made.stat_sn
        return made

    return build


def async_message(event, vcode=0, parameters=(0, 0, 0), data=b"", lun=0):
    """RFC 7143 11.9."""
    one, two, three = parameters

    def make(_reply):
        message = Pdu(ASYNC, data, final=1, lun=lun, itt=NO_TAG)
        places = {36: bytes([event, vcode]), 38: one.to_bytes(2, "big")}
        places.update({40: two.to_bytes(2, "big"), 42: three.to_bytes(2, "big")})
        return message.set(at=places)

    return make


def reject(reason, header=None):
    """RFC 7143 11.17; it carries the header of the request, or what is given for it."""

    def make(reply):
        data = bytes(reply.request.header) if header is None else header
        return Pdu(REJECT, data, final=1, response=reason, itt=NO_TAG)

    return make


def ping(tag, lun=0, **fields):
    """A NOP-In that wants an answer (RFC 7143 11.19); for `before` or `after` as it is, since it
    tells the next StatSN and does not use it up."""

    def build(reply):
        made = Pdu(NOP_IN, final=1, itt=NO_TAG, ttt=tag, lun=lun)
        made.set(exp_cmd_sn=reply.connection.exp_cmd_sn, max_cmd_sn=reply.connection.max_cmd_sn)
        made.set(stat_sn=reply.pdus[-1].stat_sn)
        return made.set(**fields)

    return build


def swallow(reply):
    """For `call`: the request is not answered, and everything else goes on."""
    reply.raw = b""
    reply.connection.stat_sn = reply.connection.stat_sn - 1 & 0xFFFFFFFF
    reply.connection.target.quiet()


def instead(make):
    """For `pdus`: a PDU with the numbers of the status that would have been sent."""

    def build(reply):
        made, status = make(reply), reply.pdus[-1]
        numbers = ("stat_sn", "exp_cmd_sn", "max_cmd_sn")
        return made.set(**{name: getattr(status, name) for name in numbers})

    return build
