#!/bin/bash
# A Slurm of several hosts on this machine, for as long as a command runs in it:
#   cluster.sh N_HOSTS COMMAND [ARGUMENT...]
# The command finds Slurm's tools working (SLURM_CONF), the hosts n1..nN as Slurm's nodes, each at the far end of a link
# of its name (`ip link set n2 down` cuts n2 off), and CLUSTER_DIRECTORY, which holds Slurm's logs. The status is the
# command's, or 77 with a line that says why where this machine cannot have such a cluster. With CLUSTER_LOGS set, that
# directory is copied there at the end.
#
# All of it lives in namespaces of its own: network, processes, mounts. When their first process ends, for whatever
# reason, the kernel ends every other process in them and takes down links, bridge and mounts; the temporary directory
# is removed by the process outside.
set -u

self=$(readlink -f "$0")
network=10.77.0
n_hosts=${1:-}

cannot() {
  echo "skip: no cluster on this machine: $1"
  exit 77
}

check_machine() {
  [ "$(uname -s)" = Linux ] || cannot "not Linux"
  [ "$(id -u)" = 0 ] || cannot "not root"
  [ "$(awk '{print $2, $3; exit}' /proc/self/uid_map)" = "0 4294967295" ] || cannot "root of a user namespace only"
  local tool
  for tool in unshare setpriv mount hostname ip munged slurmctld slurmd sinfo sbatch srun scontrol squeue scancel; do
    command -v "$tool" >/dev/null || cannot "no $tool"
  done
  unshare --mount --net --uts --ipc --pid --fork --mount-proc ip link add bridge0 type bridge 2>/dev/null ||
    cannot "no namespaces with a bridge"
}

# Outside: the temporary directory, and the first process of the namespaces. A signal ends that process, and with it
# everything inside.
outside() {
  local directory inside status
  directory=$(mktemp -d "${TMPDIR:-/tmp}/winnow-cluster-XXXXXX") || exit 1
  trap 'rm -rf --one-file-system "$directory"' EXIT
  CLUSTER_DIRECTORY=$directory setpriv --pdeathsig KILL \
    unshare --mount --net --uts --ipc --pid --kill-child --mount-proc bash "$self" "$@" <&0 &
  inside=$!
  trap 'kill -KILL "$inside"; wait "$inside"; exit 130' INT TERM HUP
  wait "$inside"
  status=$?
  [ -z "${CLUSTER_LOGS:-}" ] || cp -r "$directory" "$CLUSTER_LOGS"
  exit $status
}

write_configuration() {
  cat >"$CLUSTER_DIRECTORY/slurm.conf" <<END
ClusterName=winnow
SlurmctldHost=control($network.254)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$CLUSTER_DIRECTORY/munge.socket,cred_expire=5
CryptoType=crypto/munge
MpiDefault=pmix
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=2,batch_sched_delay=0
SlurmdParameters=config_overrides
ReturnToService=2
SlurmctldTimeout=30
SlurmdTimeout=12
KillWait=5
MinJobAge=300
TCPTimeout=2
MessageTimeout=5
StateSaveLocation=$CLUSTER_DIRECTORY/state
SlurmctldPidFile=$CLUSTER_DIRECTORY/slurmctld.pid
SlurmctldLogFile=$CLUSTER_DIRECTORY/slurmctld.log
SlurmdSpoolDir=$CLUSTER_DIRECTORY/%n
SlurmdPidFile=$CLUSTER_DIRECTORY/%n.pid
SlurmdLogFile=$CLUSTER_DIRECTORY/%n.log
$(for i in $(seq "$n_hosts"); do
    echo "NodeName=n$i NodeHostname=n$i NodeAddr=$network.$i CPUs=4 RealMemory=4096"
  done)
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
  echo "PMIxCliTmpDirBase=/var/tmp" >"$CLUSTER_DIRECTORY/mpi.conf"
  # Nothing here uses control groups, but slurmd looks for them, and fails where it finds none, or finds version 2.
  echo "CgroupPlugin=cgroup/v1" >"$CLUSTER_DIRECTORY/cgroup.conf"
}

# A host: its own network, name, /dev/shm and /var/tmp (ranks of two hosts would meet there), and a slurmd.
host() {
  local i=$1
  hostname "n$i"
  mount -t tmpfs tmpfs /dev/shm && mount -t tmpfs tmpfs /var/tmp || exit 1
  ip link set lo up
  until ip link show eth0 >/dev/null 2>&1; do sleep 0.05; done
  ip address add "$network.$i/24" dev eth0
  ip link set eth0 up
  exec slurmd -D -N "n$i" -f "$SLURM_CONF"
}

start_network() {
  hostname control
  ip link set lo up
  ip link add bridge0 type bridge
  ip address add "$network.254/24" dev bridge0
  ip link set bridge0 up
}

start_host() {
  local i=$1
  unshare --net --uts --ipc --mount bash "$self" host "$i" >"$CLUSTER_DIRECTORY/n$i.out" 2>&1 &
  disown $! # a test may kill it: bash need not say so
  until [ "$(readlink "/proc/$!/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do
    kill -0 $! 2>/dev/null || return 1
    sleep 0.05
  done
  ip link add "n$i" type veth peer name eth0 netns $!
  ip link set "n$i" master bridge0 up
}

await() {
  local end=$((SECONDS + 40))
  while [ $SECONDS -lt $end ]; do
    "$@" && return 0
    sleep 0.1
  done
  return 1
}

all_idle() {
  [ "$(timeout 5 sinfo -h -t idle -o %D 2>/dev/null)" = "$n_hosts" ]
}

fail() {
  echo "cluster: $1" >&2
  tail -n 20 "$CLUSTER_DIRECTORY"/*.out "$CLUSTER_DIRECTORY"/*.log >&2
  exit 1
}

# Inside: the switch, munge, slurmctld and the hosts, then the command.
inside() {
  local i
  export SLURM_CONF=$CLUSTER_DIRECTORY/slurm.conf TMPDIR=/var/tmp
  mkdir "$CLUSTER_DIRECTORY/state"
  mount -t tmpfs tmpfs /dev/shm && mount -t tmpfs tmpfs /var/tmp || exit 1
  start_network
  write_configuration
  srun --mpi=list 2>&1 | grep -q pmix || cannot "this Slurm has no PMIx"
  head -c 128 /dev/urandom >"$CLUSTER_DIRECTORY/munge.key"
  chmod 600 "$CLUSTER_DIRECTORY/munge.key"
  munged --foreground --force --key-file="$CLUSTER_DIRECTORY/munge.key" --socket="$CLUSTER_DIRECTORY/munge.socket" \
    --pid-file="$CLUSTER_DIRECTORY/munge.pid" --seed-file="$CLUSTER_DIRECTORY/munge.seed" \
    >"$CLUSTER_DIRECTORY/munge.out" 2>&1 &
  await test -S "$CLUSTER_DIRECTORY/munge.socket" || fail "munge does not start"
  slurmctld -D -f "$SLURM_CONF" >"$CLUSTER_DIRECTORY/slurmctld.out" 2>&1 &
  for i in $(seq "$n_hosts"); do
    start_host "$i" || fail "host n$i does not start"
  done
  await all_idle || fail "the nodes do not come up"
  shift
  "$@"
}

if [ "$n_hosts" = host ]; then
  host "$2"
elif [ -n "${CLUSTER_DIRECTORY:-}" ] && [ $$ = 1 ]; then
  inside "$@"
else
  [ $# -ge 2 ] || { echo "usage: cluster.sh N_HOSTS COMMAND [ARGUMENT...]" >&2; exit 2; }
  check_machine
  outside "$@"
fi
