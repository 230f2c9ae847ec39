"""A live capture of one port of the loopback interface."""

import os
import re
import signal
import subprocess
import time

import guard


class Capture:
    """`with Capture(folder, port) as path:` captures while the block runs."""

    def __init__(self, folder, port):
        self.path = os.path.join(folder, "live.pcapng")
        self.port = port
        self.process = None

    def __enter__(self):
        command = [guard.need("dumpcap"), "-q", "-i", "lo", "-f", f"tcp port {self.port}"]
        command += ["-s", "0", "-B", "64", "-w", self.path, "-a", "duration:120"]
        self.process = guard.start(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        guard.wait_for(
            "dumpcap", lambda: os.path.exists(self.path) and os.path.getsize(self.path) > 0
        )
        time.sleep(0.3)  # the file stands a moment before the first packet is caught
        return self.path

    def __exit__(self, *_):
        time.sleep(0.5)  # what is still in the kernel's buffer
        self.process.send_signal(signal.SIGINT)
        _, errors = self.process.communicate(timeout=20)
        guard.stop(self.process)
        lost = re.search(rb"'.*?': \d+/(\d+)", errors)
        if lost is None or int(lost.group(1)) != 0:
            raise RuntimeError(f"the capture is not whole: {errors.decode()}")
