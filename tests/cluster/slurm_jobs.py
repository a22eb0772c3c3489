"""Jobs of the cluster that cluster.sh raised: submitting, following, cutting hosts off, killing ranks."""

import json
import os
import re
import signal
import subprocess
import time

PATIENCE = 150  # seconds that any one thing may take


def until(what, look, patience=PATIENCE, pause=0.05):
    """The first true value that `look` gives, asked every `pause` seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        value = look()
        if value:
            return value
        time.sleep(pause)
    raise TimeoutError(f"waited {patience} s for {what}")


def slurm(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}")
    return done.stdout.strip()


def events(run):
    """What events.jsonl of a run says so far; the last line may be half written."""
    found = []
    try:
        with open(os.path.join(run, "events.jsonl"), encoding="utf-8") as file:
            for line in file:
                try:
                    found.append(json.loads(line))
                except ValueError:
                    pass
    except FileNotFoundError:
        pass
    return found


def named(run, *names):
    return [event for event in events(run) if event["event"] in names]


class Job:
    """A batch job; its output goes to a file of its own."""

    def __init__(self, directory, name, script, arguments, options):
        self.output = os.path.join(directory, f"{name}.out")
        self.name, self.run = name, os.path.join(directory, name)
        self.number = slurm("sbatch", "--parsable", f"--output={self.output}", f"--job-name={name}", *options, script,
                            *arguments)

    def fields(self):
        text = slurm("scontrol", "show", "job", "-o", self.number).splitlines()[0]
        return dict(re.findall(r"(\S+?)=(\S*)", text))

    def state(self):
        return self.fields()["JobState"]

    def restarts(self):
        return int(self.fields()["Restarts"])

    def nodes(self):
        return slurm("scontrol", "show", "hostnames", self.fields()["NodeList"]).split()

    def change(self, setting):
        """As soon as Slurm allows it: not while it still clears up after the last attempt."""
        def attempt():
            try:
                slurm("scontrol", "update", f"JobId={self.number}", setting)
            except RuntimeError:
                return False
            return True
        until(f"{self.name} to be changed", attempt)

    def text(self):
        with open(self.output, encoding="utf-8", errors="replace") as file:
            return file.read()

    def ended(self):
        """State and exit status, as soon as it is neither waiting nor running."""
        def look():
            fields = self.fields()
            busy = ("PENDING", "RUNNING", "COMPLETING", "CONFIGURING", "SUSPENDED")
            return None if fields["JobState"] in busy else (fields["JobState"], int(fields["ExitCode"].split(":")[0]))
        return until(f"the end of {self.name}", look)

    def hold_in_training(self):
        """Stops the second rank once training has left two checkpoints, so that nothing can end before what comes now;
        that rank's process, and the step of the newest checkpoint. Training may be over within a second, on a machine
        that looks here as seldom: from its start on the rank goes a little way only between two looks."""
        held = until(f"two ranks of {self.name}", lambda: ranks_of(self)[1:2])[0]

        def look():
            send(held, signal.SIGSTOP)
            written = named(self.run, "checkpoint")
            if len(written) < 2:
                send(held, signal.SIGCONT)
            return written if len(written) >= 2 else None
        written = until(f"{self.name} to train", look, pause=0.01)
        ended = [event for event in named(self.run, "stage_end") if event["stage"] == "train"]
        if ended or any(event["stage"] != "train" for event in written):
            raise RuntimeError(f"{self.name}: training was over before a rank could be stopped")
        return held, written[-1]["step"]

    def requeued(self, n=1):
        until(f"restart {n} of {self.name}", lambda: self.restarts() >= n)


def network_of(process):
    try:
        return os.readlink(f"/proc/{process}/ns/net")
    except OSError:
        return None


def command_of(process):
    try:
        with open(f"/proc/{process}/cmdline", "rb") as file:
            return [word.decode(errors="replace") for word in file.read().split(b"\0")]
    except OSError:
        return []


def processes_of(host):
    """All processes of a host: those that share its daemon's network."""
    all_processes = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    daemons = [p for p in all_processes if command_of(p)[:4] == ["slurmd", "-D", "-N", host]]
    networks = {network_of(p) for p in daemons} - {None, network_of("self")}
    return [p for p in all_processes if network_of(p) in networks]


def ranks_of(job):
    """Processes of the program of a job on its hosts, in their hosts' order."""
    return [p for host in job.nodes() for p in processes_of(host)
            if command_of(p)[:2] == [os.environ["WINNOW"], "run"] and job.run in command_of(p)]


def was_signalled(process, number):
    """Whether a signal waits for a stopped process, or the process is gone: Slurm lets one go on that it signals."""
    try:
        with open(f"/proc/{process}/status", encoding="ascii") as file:
            pending = [int(line.split()[1], 16) for line in file if line.startswith(("SigPnd", "ShdPnd"))]
    except OSError:
        return True
    return any(mask >> (number - 1) & 1 for mask in pending)


def send(process, number):
    try:
        os.kill(process, number)
    except ProcessLookupError:
        pass


def kill_host(host):
    for process in processes_of(host):
        send(process, signal.SIGKILL)


def cut_link(host):
    slurm("ip", "link", "set", host, "down")
