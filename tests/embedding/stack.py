"""The worst stack of each function of a build's library, from gcc's call graphs."""

import concurrent.futures
import json
import pathlib
import re
import shlex

import builds

DIGESTS = ("md5", "sha1", "sha256", "sha3")
METHODS = ["auth/none.c:sanscsi_auth_none", "auth/chap.c:sanscsi_auth_chap"]

# Calls through pointers, each by its file and the member that is called (for a call inside of
# another's arguments: the outer one's name), and what it may lead to: `file:table`, the functions
# that stand in a table; `file:function()`; or a public function. What the program brings (random
# numbers) is not counted; of what it may replace, the library's own is.
POINTERS = {
    "auth/chap.c:take": ["auth/chap.c:keys"],
    "auth/chap_proof.c:hash": ["sanscsi_hash"],
    "auth/chap_proof.c:random": [],
    "auth/hash.c:finish": [f"auth/{name}.c:sanscsi_" for name in DIGESTS],
    "auth/hash.c:work": [f"auth/{name}.c:work()" for name in DIGESTS],
    "base/memory.c:allocate": ["base/arena.c:arena_allocate()"],
    "base/memory.c:release": ["base/arena.c:arena_release()"],
    "conn/login.c:write": METHODS,
    "conn/login_auth.c:awaits": METHODS,
    "conn/login_auth.c:begin": METHODS,
    "conn/login_auth.c:progressed": METHODS,
    "conn/login_auth.c:question": METHODS,
    "conn/login_auth.c:ready": METHODS,
    "conn/login_auth.c:receive": METHODS,
    "conn/login_text.c:complete": METHODS,
    "conn/rx.c:crc32c": ["sanscsi_crc32c"],
    "conn/rx.c:steps": ["conn/rx.c:steps"],
    "conn/tx.c:crc32c": ["sanscsi_crc32c"],
    "event/causes.c:choose": ["event/causes.c:choosers"],
    "event/causes.c:is_digit": [
        f"event/causes.c:is_{kind}()" for kind in ("decimal", "hex", "base64")
    ],
    "initiator/node.c:random": [],
    "initiator/receive.c:header": ["initiator/receive.c:receptions"],
    "initiator/receive.c:pdu": ["initiator/receive.c:receptions"],
    "initiator/reinstate.c:random": [],
    **{
        f"initiator/text.c:{member}": [
            f"initiator/negotiation.c:{member}()",
            f"initiator/send_targets.c:{member}()",
        ]
        for member in ("ask", "place", "take", "end")
    },
    "scsi/sense.c:take": ["scsi/sense.c:descriptor_forms"],
    "scsi/vpd.c:valid": ["scsi/vpd.c:text_forms"],
}
FOUR = ("memcpy", "memmove", "memset", "memcmp")
# From where gcc says that a call begins: `login->auth->write(`, `steps[phase](`.
CALL = re.compile(r"(?:\w+(?:\([^()]*\)|\[[^]]*\])?(?:->|\.))*(\w+)(?:\[[^]]*\])?\(")
INDIRECT = "__indirect_call"


class Graph:
    """Functions of a library for a Cortex-M4: bytes of each one's frame, and whom it calls."""

    def __init__(self, folder):
        self.work = folder / "graphs"
        self.work.mkdir(exist_ok=True)
        self.frames = {}
        self.calls = {}
        self.met = set()
        commands = json.loads((folder / "compile_commands.json").read_text())
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(self._compile, commands))
        for command in commands:
            self._read(command)
        if self.met != set(POINTERS):
            raise ValueError(f"no such call any more: {sorted(set(POINTERS) - self.met)}")
        self.worst = {}

    def _object(self, command):
        return self.work / pathlib.Path(command["output"]).name

    def _compile(self, command):
        """The build's own command, which writes a call graph beside the object as well."""
        words = [word for word in shlex.split(command["command"]) if word not in ("ccache", "-MD")]
        for option in ("-MQ", "-MF", "-o"):
            del words[words.index(option) : words.index(option) + 2]
        words += ["-fcallgraph-info=su", "-o", self._object(command)]
        builds.run(*words, cwd=command["directory"])

    def _read(self, command):
        path = command["file"].split("/lib/")[1]
        graph = self._object(command).with_suffix(".ci").read_text()

        def key(title):
            return f"{path}:{title.rsplit(':', 1)[1]}" if ":" in title else title

        for title, size, kind in re.findall(
            r'node: \{ title: "([^"]+)" label: "[^"]*\\n(\d+) bytes \(([^)]*)\)', graph
        ):
            if kind != "static":
                raise ValueError(f"{title}: the frame is {kind}")
            self.frames[key(title)] = max(int(size), self.frames.get(key(title), 0))
        lines = pathlib.Path(builds.SOURCE / "lib" / path).read_text(encoding="utf-8").splitlines()
        for source, target, line, column in re.findall(
            r'sourcename: "([^"]+)" targetname: "([^"]+)" label: "[^"]*:(\d+):(\d+)"', graph
        ):
            called = [key(target)]
            if target == INDIRECT:
                called = self._pointed(path, lines[int(line) - 1], int(line), int(column))
            self.calls.setdefault(key(source), set()).update(called)

    def _pointed(self, path, text, line, column):
        """The functions that a call through a pointer may lead to."""
        call = CALL.match(text, column - 1)
        member = f"{path}:{call[1] if call else text.strip()}"
        if member not in POINTERS:
            raise ValueError(
                f"lib/{path}:{line} calls through a pointer, {member}, "
                "which the table in tests/embedding/stack.py does not know"
            )
        self.met.add(member)
        return [name for table in POINTERS[member] for name in self._held(table)]

    def _held(self, table):
        """The functions that a table holds, from the relocations of its object."""
        if table.endswith("()"):
            return [table[:-2]]
        if ":" not in table:
            return [table]
        file, name = table.split(":")
        said = builds.run("arm-none-eabi-objdump", "-r", self.work / f"{file.replace('/', '_')}.o")
        found = []
        for section, body in re.findall(r"FOR \[\.(\S+)\]:\n(.*?)(?=\n\n|\Z)", said, re.DOTALL):
            if section.startswith(("rodata." + name, "data.rel.ro.local." + name)):
                for symbol in re.findall(r"R_ARM_ABS32\s+(\S+)", body):
                    symbol = symbol.removeprefix(".text.")
                    if symbol.startswith("sanscsi_"):
                        found.append(symbol)
                    elif not symbol.startswith("."):
                        found.append(f"{file}:{symbol}")
        if not found:
            raise ValueError(f"{table} holds no function")
        return found

    def depth(self, name, above=()):
        """Bytes of the deepest chain of calls from a function, and the chain."""
        if name in above:
            raise ValueError(f"recursion: {' '.join((*above, name))}")
        if name not in self.frames and name not in FOUR:
            raise ValueError(f"{name}: nothing is known of its frame")
        if name not in self.worst:
            below = [
                self.depth(called, (*above, name)) for called in sorted(self.calls.get(name, ()))
            ]
            size, chain = max(below, default=(0, ()))
            self.worst[name] = (self.frames.get(name, 0) + size, (name, *chain))
        return self.worst[name]
