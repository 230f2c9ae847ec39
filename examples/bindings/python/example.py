#!/usr/bin/env python3
"""Finds a portal's targets, logs in to one, writes a block, reads it back, and shows it.

usage: example.py iscsi://[USER[%SECRET]@]HOST[:PORT]/TARGET-NAME/LUN [TARGET-USER TARGET-SECRET]
The block written is the unit's last one; its old contents are put back. With a name and a secret of
the target's, the target has to prove itself too.
"""

import asyncio
import sys

import sanscsi


async def show_targets(login: sanscsi.Login) -> None:
    """Lists what the portal offers; few portals want CHAP for that."""
    host = f"[{login.host}]" if ":" in login.host else login.host
    for target in await sanscsi.discover(f"{host}:{login.port}"):
        print(target.name, *(f"{portal.host}:{portal.port}" for portal in target.portals))


async def visit(disk: sanscsi.Disk) -> None:
    """Asks, writes and reads."""
    about, capacity = await asyncio.gather(disk.inquiry(), disk.capacity())
    print(f"{about.vendor} {about.product}: {capacity.blocks} blocks, {capacity.bytes} bytes")
    print(f"ping: {await disk.session.ping(b'are you there?') * 1000:.2f} ms")
    last = capacity.blocks - 1
    old = await disk.read(last, 1)
    await disk.write(last, b"written by Python".ljust(capacity.block_length))
    print("read back:", (await disk.read(last, 1)).decode().rstrip())
    await disk.write(last, old)
    await disk.flush()


async def main(url: str, *target_account: str) -> int:
    """The exit code."""
    accounts = {"target_chap": target_account} if target_account else {}
    try:
        await show_targets(sanscsi.Login.from_url(url)[0])
        async with sanscsi.open_disk(url, **accounts) as disk:
            await visit(disk)
    except sanscsi.SanscsiError as error:
        print(error, file=sys.stderr)
        for cause in error.event.causes if error.event is not None else ():
            print(f"  perhaps: {cause.text}", file=sys.stderr)
            for action in cause.actions:
                print(f"    do: {action}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 4):
        sys.exit(__doc__)
    sys.exit(asyncio.run(main(*sys.argv[1:])))
