"""The files of an installed service as texts: systemd units, udev rules. Pure; nothing is written.

The system unit runs without a user of its own in /etc/passwd (DynamicUser): nothing has to be added
to a read-only root, the number is the service's alone while it runs, and systemd hands its folders
over at each start. All that the program writes lies in them:

================  ======================  =====================================================
systemd           folder                  what is in it
================  ======================  =====================================================
StateDirectory    /var/lib/edgeassist     transcripts, the user's settings, the last good config
CacheDirectory    /var/cache/edgeassist   dictionaries and phrases; made anew where missing
RuntimeDirectory  /run/edgeassist         the voice's socket, temporary files; gone at a restart
================  ======================  =====================================================
"""

from __future__ import annotations

from dataclasses import dataclass

NAME = "edgeassist"
CONFIG = "/etc/edgeassist/edgeassist.toml"
WATCHDOG_S = 10

# Who may use which devices; groups that a system lacks are left out, with what that costs.
GROUPS = {
    "audio": "microphone and loudspeaker",
    "video": "camera",
    "i2c": "laser range sensors",
    "gpio": "vibration motors and ultrasound",
    "brlapi": "braille display",
    "pulse-access": "sound through a system-wide PulseAudio",
}
_OPTIONAL = ("pulse-access",)  # nobody misses it

_RULES = {
    "video": (
        'SUBSYSTEM=="video4linux", GROUP="video", MODE="0660", TAG+="systemd"',
        'SUBSYSTEM=="media", GROUP="video", MODE="0660"',
        'SUBSYSTEM=="dma_heap", GROUP="video", MODE="0660"',
    ),
    "audio": ('SUBSYSTEM=="sound", GROUP="audio", MODE="0660"',),
    "i2c": ('SUBSYSTEM=="i2c-dev", GROUP="i2c", MODE="0660"',),
    "gpio": ('SUBSYSTEM=="gpio", KERNEL=="gpiochip*", GROUP="gpio", MODE="0660"',),
}


_AWAKE = (
    'ACTION=="add", SUBSYSTEM=="usb", ENV{ID_USB_INTERFACES}=="*:01*|*:0e*", '
    'TEST=="power/control", ATTR{power/control}="on"'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be installed."""

    program: str  # the edgeassist command, an absolute path
    models: str  # the folder of the models
    language: str  # "zh" or "en"
    groups: tuple[str, ...]  # of GROUPS, those that the system has
    network: bool = False  # whether more than this machine itself may be talked to
    guard: str = ""  # a program to ask before each start, if it is there (offline updates)


def missing(groups: tuple[str, ...]) -> dict[str, str]:
    """The groups that this system lacks, each with what cannot be used without it."""
    return {
        name: what for name, what in GROUPS.items() if name not in groups and name not in _OPTIONAL
    }


def system_unit(plan: Plan) -> str:
    """edgeassist.service for the system's own systemd."""
    guard = [f"ExecStartPre=-+/bin/sh -c 'test ! -x {plan.guard} || {plan.guard}'"]
    return _unit(
        before=["After=sound.target local-fs.target brltty.service", "Wants=sound.target"],
        service=[
            *_life(plan, CONFIG),
            *(guard if plan.guard else []),
            "",
            "# No user of its own on the disk, no root, nothing but its own folders to write to.",
            "DynamicUser=yes",
            f"SupplementaryGroups={' '.join(plan.groups)}",
            f"StateDirectory={NAME}",
            "StateDirectoryMode=0700",
            f"CacheDirectory={NAME}",
            "CacheDirectoryMode=0700",
            f"RuntimeDirectory={NAME}",
            "RuntimeDirectoryMode=0700",
            "RuntimeDirectoryPreserve=restart",
            f"WorkingDirectory=%t/{NAME}",
            f"Environment=HOME=%S/{NAME} XDG_STATE_HOME=%S XDG_CACHE_HOME=%C",
            f"Environment=XDG_CONFIG_HOME=%S/{NAME}/config XDG_RUNTIME_DIR=%t/{NAME}",
            f"Environment=TMPDIR=%t/{NAME} EDGEASSIST_MODELS={plan.models}",
            *(["Environment=EDGEASSIST_GUARDED=1"] if plan.guard else []),
            "",
            "# Sound, cameras, I2C and GPIO; no other device.",
            "DevicePolicy=closed",
            *(
                f"DeviceAllow=char-{kind} rw"
                for kind in ("alsa", "video4linux", "media", "dma_heap", "i2c", "gpiochip")
            ),
            "",
            *_HARDENING,
            *_SYSTEM_HARDENING,
            *([] if plan.network else _LOOPBACK_ALONE),
            "",
            "# The device is there for one purpose: it goes before all else, but does not eat it.",
            "Nice=-5",
            "OOMScoreAdjust=-500",
            "MemoryMax=90%",
        ],
        wanted_by="multi-user.target",
    )


def user_unit(plan: Plan, config: str) -> str:
    """edgeassist.service for a user's own systemd on a desktop, in the folders of that user."""
    return _unit(
        before=["After=pipewire.service pulseaudio.service", "PartOf=graphical-session.target"],
        service=[
            *_life(plan, config),
            f"Environment=EDGEASSIST_MODELS={plan.models}",
            "",
            *_HARDENING,
        ],
        wanted_by="default.target",
    )


def udev_rules(groups: tuple[str, ...]) -> str:
    """Who may open cameras, sound cards, I2C and GPIO; USB sound and cameras do not doze off."""
    rules = [rule for group, lines in _RULES.items() if group in groups for rule in lines]
    return "\n".join(
        [
            "# EdgeAssist: devices for the groups of edgeassist.service.",
            "# Braille displays are brltty's: its package brings their rules.",
            *rules,
            "# A USB microphone, loudspeaker or camera that the kernel puts to sleep loses its",
            "# first second.",
            _AWAKE,
            "",
        ]
    )


def _unit(*, before: list[str], service: list[str], wanted_by: str) -> str:
    return "\n".join(
        [
            "# Written by: edgeassist install-service. Own changes: systemctl edit edgeassist",
            "[Unit]",
            "Description=EdgeAssist: captions, obstacle warnings and braille",
            "Documentation=man:systemd.service(5)",
            *before,
            "# A start that fails at once 20 times in 5 minutes is not tried for ever.",
            "StartLimitIntervalSec=300",
            "StartLimitBurst=20",
            "",
            "[Service]",
            *service,
            "",
            "[Install]",
            f"WantedBy={wanted_by}",
            "",
        ]
    )


def _life(plan: Plan, config: str) -> list[str]:
    return [
        "Type=notify",
        "NotifyAccess=main",
        f"ExecStart={plan.program} run --service {config}",
        f"Environment=EDGEASSIST_LANG={plan.language} PYTHONDONTWRITEBYTECODE=1",
        "# Fed while no module is hung. SIGABRT lets it write down what each thread was at.",
        f"WatchdogSec={WATCHDOG_S}",
        "TimeoutStartSec=90",
        "TimeoutStopSec=8",
        "TimeoutAbortSec=3",
        "LimitCORE=0",
        "KillMode=mixed",
        "Restart=on-failure",
        "RestartSec=1",
        "# A wrong config with no good one before it: starting anew does not mend it.",
        "RestartPreventExitStatus=2",
    ]


_HARDENING = [
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "RestrictNamespaces=yes",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged",
    "SystemCallErrorNumber=EPERM",
    "UMask=0077",
]
_SYSTEM_HARDENING = [
    "CapabilityBoundingSet=",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "ProtectProc=invisible",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "ProtectKernelTunables=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelLogs=yes",
    "ProtectControlGroups=yes",
    "KeyringMode=private",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
]
_LOOPBACK_ALONE = ["IPAddressDeny=any", "IPAddressAllow=localhost"]
