"""Every error a user can meet: what it is about, what is wrong, what to do.

The command line prints ``subject: problem. fix`` on one line and exits with
``exit_code``; nothing here is ever shown as a traceback.

``EdgeAssistError``
    ``InputError``    a file or a text that cannot be used
    ``ConfigError``   a configuration with one or several mistakes
    ``DeviceError``   a microphone, camera, speaker or display that is not there
    ``ModelError``    a model that is missing, damaged or cannot be fetched
    ``PluginError``   a plug-in that is missing, incomplete or broken
    ``WorkError``     the set-up was right, the work itself failed (exit code 1)
"""

from __future__ import annotations

from edgeassist.locale import language


class EdgeAssistError(Exception):
    """Something a user can mend; `subject` names the file, key, device or model.

    Texts are already in the user's language (see `edgeassist.locale.t`).
    """

    exit_code = 2

    def __init__(self, subject: str, problem: str, *, fix: str = "") -> None:
        super().__init__(subject, problem, fix)
        self.subject = subject
        self.problem = problem
        self.fix = fix

    def __str__(self) -> str:
        text = f"{self.subject}: {self.problem}" if self.subject else self.problem
        stop = "。" if language() == "zh" else ". "
        return f"{text}{stop}{self.fix}" if self.fix else text


class InputError(EdgeAssistError):
    """A file or a text that cannot be used."""


class ConfigError(EdgeAssistError):
    """A configuration that cannot be used; `mistakes` holds every mistake found, one each."""

    def __init__(
        self,
        subject: str,
        problem: str,
        *,
        fix: str = "",
        mistakes: tuple[EdgeAssistError, ...] = (),
    ) -> None:
        super().__init__(subject, problem, fix=fix)
        self.mistakes: tuple[EdgeAssistError, ...] = mistakes or (self,)

    def __str__(self) -> str:
        if self.mistakes == (self,):
            return super().__str__()
        return "\n".join(str(mistake) for mistake in self.mistakes)


class DeviceError(EdgeAssistError):
    """A microphone, camera, speaker or display that is not there or stopped working."""


class ModelError(EdgeAssistError):
    """A model that is missing, damaged or cannot be fetched."""


class PluginError(EdgeAssistError):
    """A plug-in that is unknown, lacks something, or is broken."""


class WorkError(EdgeAssistError):
    """The input and the set-up were right, but the work failed."""

    exit_code = 1
