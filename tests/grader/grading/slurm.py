"""A SLURM of one node on this machine, with everything it writes in one folder, for the tests."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

NEEDED = ("slurmctld", "slurmd", "sbatch", "munged")
STARTING = 30.0


def why_not() -> str:
    """Why no SLURM can be started here, in a sentence, or ""."""
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        return (
            f"SLURM is not installed ({', '.join(missing)} missing); on Debian, as root: "
            "apt install slurmctld slurmd slurm-client munge"
        )
    return "" if os.geteuid() == 0 else "slurmd starts jobs of other users, so it has to be root"


class Slurm:
    """Its controller, its node and their key, running until closed.

    Args:
        folder: where everything is kept; its path must be short enough for a socket's.

    Attributes:
        configuration: the path of slurm.conf, for the variable SLURM_CONF.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        self.configuration = folder / "slurm.conf"
        for name in ("state", "spool"):
            (folder / name).mkdir()
        self._munge()
        self.configuration.write_text(self._text())
        environment = {**os.environ, "SLURM_CONF": str(self.configuration)}
        for program in ("slurmctld", "slurmd"):
            self._start([program, "-D"], environment)
        end = time.monotonic() + STARTING
        while "idle" not in self.command("sinfo", "-h", "-o", "%T"):
            assert time.monotonic() < end, self.logs()
            time.sleep(0.2)

    def command(self, *words: str) -> str:
        """What one of SLURM's commands prints."""
        environment = {**os.environ, "SLURM_CONF": str(self.configuration)}
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60)
        return done.stdout + done.stderr

    def logs(self) -> str:
        """What the daemons have said."""
        return "\n".join(f"{p.name}: {p.read_text()[-2000:]}" for p in self._folder.glob("*.log"))

    def close(self) -> None:
        """End every job, and then the daemons."""
        self.command("scancel", "--user=root", "--signal=KILL", "--full")
        for process in reversed(self._running):
            process.terminate()
            process.wait(30)

    def _munge(self) -> None:
        key = self._folder / "munge.key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o400)
        files = [f"--{name}-file={self._folder / name}" for name in ("pid", "seed")]
        options = ["--foreground", "--force", f"--key-file={key}", *files]
        log = f"--log-file={self._folder / 'munge.log'}"
        self._start(["munged", *options, log, f"--socket={self._folder / 'munge'}"], os.environ)

    def _start(self, command: list[str], environment: object) -> None:
        log = (self._folder / f"{command[0]}.out.log").open("wb")
        self._running.append(
            subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # type: ignore
        )

    def _text(self) -> str:
        host = socket.gethostname().partition(".")[0]
        return "\n".join(
            [
                "ClusterName=test",
                f"SlurmctldHost={host}(127.0.0.1)",
                "SlurmUser=root",
                f"AuthInfo=socket={self._folder / 'munge'}",
                f"SlurmctldPort={free_port()}",
                f"SlurmdPort={free_port()}",
                f"StateSaveLocation={self._folder / 'state'}",
                f"SlurmdSpoolDir={self._folder / 'spool'}",
                f"SlurmctldPidFile={self._folder / 'slurmctld.pid'}",
                f"SlurmdPidFile={self._folder / 'slurmd.pid'}",
                f"SlurmctldLogFile={self._folder / 'slurmctld.log'}",
                f"SlurmdLogFile={self._folder / 'slurmd.log'}",
                "ProctrackType=proctrack/linuxproc",
                "TaskPlugin=task/none",
                "SelectType=select/cons_tres",
                "SelectTypeParameters=CR_Core",
                "ReturnToService=2",
                "SlurmdParameters=config_overrides",
                "MailProg=/bin/true",
                f"NodeName={host} NodeAddr=127.0.0.1 CPUs={os.cpu_count()} RealMemory=4000",
                f"PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP",
                "",
            ]
        )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
