"""What a container may not be is refused by name."""

import pytest
from lab_refusal import refusal
from lab_values import GONE

WEB = "containers.web"
BAD = {
    "an unknown key": (
        [(f"{WEB}.memroy", "64MiB")],
        "lab.containers.web.memroy: is not a setting here; did you mean memory?",
    ),
    "a missing image": (
        [(f"{WEB}.image", GONE)],
        "lab.containers.web.image: is missing; write a key of lab.images",
    ),
    "an undeclared volume": (
        [(f"{WEB}.volumes.0.volume", "date")],
        "lab.containers.web.volumes[0].volume: 'date' is no volume of this lab; declared: data",
    ),
    "an undeclared image": (
        [(f"{WEB}.image", "nginx")],
        "lab.containers.web.image: 'nginx' is no image of this lab; declared: base",
    ),
    "too little memory": (
        [(f"{WEB}.memory", "1MiB")],
        "lab.containers.web.memory: 1MiB is below the engine's minimum of 6MiB; write at "
        "least 6MiB",
    ),
    "memory without unit": (
        [(f"{WEB}.memory", 64)],
        "lab.containers.web.memory: 64 has no unit; write 64MiB",
    ),
    "memory that is no size": (
        [(f"{WEB}.memory", "lots")],
        "lab.containers.web.memory: 'lots' is not a size; write a number and KiB, MiB or GiB",
    ),
    "memory in pieces": (
        [(f"{WEB}.memory", "9000000b")],
        "9000000 bytes is no whole number of MiB",
    ),
    "no processor": (
        [(f"{WEB}.cpus", 0)],
        "lab.containers.web.cpus: 0 is no processor at all; write 0.01 or more",
    ),
    "processors in words": (
        [(f"{WEB}.cpus", "half")],
        "lab.containers.web.cpus: half is not a number of processors; write 0.5 or 2",
    ),
    "a relative bind source": (
        [("containers.visitor.binds.0.source", "notes")],
        "lab.containers.visitor.binds[0].source: 'notes' is not absolute; start it with / or with "
        "${lab_dir}/",
    ),
    "an unknown placeholder": (
        [("containers.visitor.binds.0.source", "/srv/${stack}/notes")],
        "${stack} is not a placeholder; the only one is ${lab_dir}, at the start",
    ),
    "a placeholder in the middle": (
        [("containers.visitor.binds.0.source", "/srv/${lab_dir}")],
        "${lab_dir} is not a placeholder; the only one is ${lab_dir}, at the start",
    ),
    "a way out of the lab's folder": (
        [("containers.visitor.binds.0.source", "${lab_dir}/../../passphrase")],
        "${lab_dir}/../../passphrase is not below ${lab_dir}",
    ),
    "the lab's folder itself": (
        [("containers.visitor.binds.0.source", "${lab_dir}/")],
        "${lab_dir}/ is not below ${lab_dir}; name a folder as in ${lab_dir}/notes",
    ),
    "an unknown bind mode": (
        [("containers.visitor.binds.0.mode", "readonly")],
        "lab.containers.visitor.binds[0].mode: readonly is not one of ro, rw",
    ),
    "an unknown way with a missing source": (
        [("containers.visitor.binds.0.missing", "ignore")],
        "lab.containers.visitor.binds[0].missing: ignore is not one of create, error",
    ),
    "two mounts at one place": (
        [("containers.visitor.tmpfs", {"/notes/": "1MiB"})],
        "lab.containers.visitor.tmpfs./notes: /notes is the target of another mount too",
    ),
    "a relative target": (
        [(f"{WEB}.volumes.0.target", "data")],
        "lab.containers.web.volumes[0].target: 'data' is not absolute; a mount's target starts",
    ),
    "a mount over the root": (
        [(f"{WEB}.volumes.0.target", "/data/..")],
        "/data/.. is the container's whole root; name a folder below it",
    ),
    "a mount over /proc": (
        [(f"{WEB}.volumes.0.target", "/proc/sys")],
        "/proc/sys lies in /proc, which the engine provides; mount elsewhere",
    ),
    "a tmpfs of nothing": (
        [("containers.visitor.tmpfs", {"/tmp": "1KiB"})],
        "lab.containers.visitor.tmpfs./tmp: 1KiB holds no page of memory; write at least 4KiB",
    ),
    "a volume that is a bind mount in disguise": (
        [("volumes.data", {"options": {"type": "none", "o": "bind", "device": "/etc"}})],
        "lab.volumes.data.options: device /etc makes this volume a piece of the machine; write it "
        "under the container's binds",
    ),
    "a volume that shows the machine's files through another file system": (
        [("volumes.data", {"options": {"type": "overlay", "o": "lowerdir=/etc"}})],
        "lab.volumes.data.options.type: overlay may be a piece of the machine's own",
    ),
    "a volume that shows the machine's processes": (
        [("volumes.data", {"options": {"type": "proc", "device": "proc"}})],
        "the types that cannot: tmpfs, nfs, nfs4, cifs",
    ),
    "every capability": (
        [(f"{WEB}.capabilities", ["ALL"])],
        "lab.containers.web.capabilities[0]: 'ALL' is every capability at once; name those",
    ),
    "no such capability": (
        [(f"{WEB}.capabilities", ["NET_BIND"])],
        "'NET_BIND' is not a Linux capability; man 7 capabilities lists them",
    ),
    "a capability twice": (
        [(f"{WEB}.capabilities", ["NET_RAW", "CAP_NET_RAW"])],
        "lab.containers.web.capabilities[1]: CAP_NET_RAW is listed twice; list it once",
    ),
    "privileged": (
        [(f"{WEB}.privileged", True)],
        "lab.containers.web.privileged: is not offered: it would undo the isolation; name the "
        "capabilities",
    ),
    "a bad duration": (
        [(f"{WEB}.health_check", {"command": "true", "interval": "30"})],
        "lab.containers.web.health_check.interval: '30' is not a duration; write a number and ms",
    ),
    "no time at all": (
        [(f"{WEB}.health_check", {"command": "true", "timeout": "0s"})],
        "health_check.timeout: the engine takes no duration under 1ms; leave the key out",
    ),
    "a bad restart policy": (
        [(f"{WEB}.restart", "sometimes")],
        "lab.containers.web.restart: sometimes is not one of no, on-failure, always, "
        "unless-stopped",
    ),
    "a number for a user": (
        [(f"{WEB}.user", 1000)],
        "lab.containers.web.user: must be text; put it in quotes; got 1000",
    ),
    "a user that is none": ([(f"{WEB}.user", "a b")], "'a b' is not a user: write"),
    "an empty word in a command": (
        [(f"{WEB}.command", ["sh", ""])],
        "lab.containers.web.command: holds an empty word, which the provider refuses",
    ),
    "a command that is no list": (
        [(f"{WEB}.command", "sleep 60")],
        "lab.containers.web.command: must be a list; got text",
    ),
    "a flag in quotes": (
        [(f"{WEB}.read_only_root", "yes")],
        "lab.containers.web.read_only_root: must be true or false, without quotes; got yes",
    ),
    "a variable twice": (
        [(f"{WEB}.secret_environment", {"MODE": "mode"})],
        "lab.containers.web.secret_environment.MODE: MODE is also under environment; keep it in",
    ),
    "the engine's default network": (
        [(f"{WEB}.network_mode", "bridge")],
        "lab.containers.web.network_mode: 'bridge' is the engine's default network, shared with",
    ),
    "containers that join in a circle": (
        [
            (f"{WEB}.pid_mode", "container:visitor"),
            (f"{WEB}.allow_shared_namespaces", ["pid"]),
            ("containers.visitor.ipc_mode", "container:web"),
            ("containers.visitor.allow_shared_namespaces", ["ipc"]),
        ],
        "join each other's namespaces in a circle; cut it",
    ),
    "a joined container that is none": (
        [(f"{WEB}.pid_mode", "container:nobody"), (f"{WEB}.allow_shared_namespaces", ["pid"])],
        "lab.containers.web.pid_mode: 'nobody' is no container of this lab; declared: web, visitor",
    ),
}


@pytest.mark.parametrize(("changes", "text"), BAD.values(), ids=BAD)
def test_a_bad_container_is_refused_by_key_value_and_way_out(changes, text):
    assert text in refusal(*changes)
