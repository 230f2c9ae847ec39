"""The worst stack of each function of a build's library, from gcc's call graphs."""

import concurrent.futures
import json
import pathlib
import re
import shlex

import builds

DIGESTS = ("md5", "sha1", "sha256", "sha3")

# Calls through pointers: the file that calls, with the member where that matters, and what it may lead to: the functions that stand in
# a table of a file, or one function. What the program brings (random) is not counted; of what it may
# replace, the library's own is. MEMBER is the member that is called, where functions are named so.
POINTERS = {
    "auth/chap.c": ["auth/chap.c:keys"],
    "auth/chap_proof.c": ["sanscsi_hash"],
    "auth/hash.c:finish": [f"auth/{name}.c:sanscsi_" for name in DIGESTS],
    "auth/hash.c:work": [f"auth/{name}.c:work()" for name in DIGESTS],
    "base/memory.c": ["base/arena.c:arena_allocate()", "base/arena.c:arena_release()"],
    "conn/login.c": ["auth/none.c:sanscsi_auth_none", "auth/chap.c:sanscsi_auth_chap"],
    "conn/login_auth.c": ["auth/none.c:sanscsi_auth_none", "auth/chap.c:sanscsi_auth_chap"],
    "conn/login_text.c": ["auth/none.c:sanscsi_auth_none", "auth/chap.c:sanscsi_auth_chap"],
    "conn/rx.c:steps": ["conn/rx.c:steps"],
    "conn/rx.c:crc32c": ["sanscsi_crc32c"],
    "conn/tx.c": ["sanscsi_crc32c"],
    "event/causes.c:choose": ["event/causes.c:choosers"],
    "event/causes.c:is_digit": [f"event/causes.c:is_{kind}()" for kind in ("decimal", "hex", "base64")],
    "initiator/node.c": [],
    "initiator/receive.c": ["initiator/receive.c:receptions"],
    "initiator/reinstate.c": [],
    "initiator/text.c": [
        "initiator/negotiation.c:MEMBER()",
        "initiator/send_targets.c:MEMBER()",
    ],
    "scsi/sense.c": ["scsi/sense.c:descriptor_forms"],
    "scsi/vpd.c": ["scsi/vpd.c:text_forms"],
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
        commands = json.loads((folder / "compile_commands.json").read_text())
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(self._compile, commands))
        for command in commands:
            self._read(command)
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
                member = CALL.match(lines[int(line) - 1], int(column) - 1)[1]
                tables = POINTERS.get(f"{path}:{member}", POINTERS.get(path))
                tables = [table.replace("MEMBER", member) for table in tables]
                called = [name for table in tables for name in self._held(table)]
            self.calls.setdefault(key(source), set()).update(called)

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
            below = [self.depth(called, (*above, name)) for called in sorted(self.calls.get(name, ()))]
            size, chain = max(below, default=(0, ()))
            self.worst[name] = (self.frames.get(name, 0) + size, (name, *chain))
        return self.worst[name]
