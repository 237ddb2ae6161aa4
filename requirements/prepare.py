"""Make ``.venv`` ready: two pip calls, after asking whether this machine can have what they install.

Written so that an old Python can read it too, and say in its own sentence what is missing.

    python3 requirements/prepare.py run     what coach runs on
    python3 requirements/prepare.py test    the same, and what the tests need
"""

import hashlib
import os
import platform
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
VENV = os.path.join(ROOT, ".venv")
OLDEST = (3, 11)
BUNDLED = "moonshine-voice"
OLDEST_GLIBC = (2, 34)
OLDEST_MACOS = 15

NO_ENGINE = """\
coach: the bundled speech model has no build for {what}.
  The rest works: reviews of transcripts (coach review --transcript FILE), and of recordings once a Whisper
  model is pulled (coach models pull small.en). Going on without it."""


def main(arguments):
    """Return the exit code."""
    if arguments not in (["run"], ["test"]):
        return say("usage: python3 requirements/prepare.py run|test", 2)
    problem = cannot_run()
    if problem:
        return say("coach: " + problem, 5)
    wanted = os.path.join(HERE, arguments[0] + ".txt")
    missing = no_bundled_engine()
    requirements = without_engine(wanted) if missing else wanted
    stamp = os.path.join(VENV, ".prepared-" + arguments[0])
    state = digest(requirements, os.path.join(ROOT, "pyproject.toml"), sys.executable)
    if read(stamp) == state:
        return 0
    if missing:
        say(NO_ENGINE.format(what=missing))
    python = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin", "python")
    if not os.path.exists(python):
        print("Making .venv (once) ...", flush=True)
        if subprocess.call([sys.executable, "-m", "venv", VENV]):
            return say("coach: the virtual environment could not be made; the lines above say why.", 5)
    print("Installing into .venv (once; a few minutes) ...", flush=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.call([*pip, "--require-hashes", "-r", requirements]):
        return say("coach: the requirements could not be installed; the lines above say why.", 5)
    if subprocess.call([*pip, "--no-deps", "--no-build-isolation", "-e", ROOT]):
        return say("coach: coach itself could not be installed; the lines above say why.", 5)
    with open(stamp, "w", encoding="utf-8") as file:
        file.write(state)
    return 0


def cannot_run():
    """Return why nothing can be installed with this Python, or None."""
    if sys.version_info < OLDEST:
        return (
            "Python {}.{} or newer is needed, and this is {}.{}. Install one and say which: make PYTHON=python3.12 demo"
        ).format(*(OLDEST + sys.version_info[:2]))
    try:
        import ensurepip  # noqa: F401, PLC0415
        import venv  # noqa: F401, PLC0415
    except ImportError:
        return (
            "this Python lacks its venv module, so no environment can be made. On Debian and Ubuntu: "
            "apt install python{}.{}-venv".format(*sys.version_info[:2])
        )
    return None


def no_bundled_engine():
    """Return for which platform the bundled model has no build, or None where it has."""
    system, machine = platform.system(), platform.machine()
    if system == "Linux" and machine in ("x86_64", "aarch64"):
        name, version = platform.libc_ver()
        if name != "glibc":
            return "Linux without glibc (such as Alpine)"
        found = tuple(int(part) for part in version.split(".")[:2])
        return None if found >= OLDEST_GLIBC else "glibc {} (2.34 or newer is needed)".format(version)
    if system == "Darwin" and machine == "arm64":
        major = int(platform.mac_ver()[0].split(".")[0] or 0)
        return None if major >= OLDEST_MACOS else "macOS {} (15 or newer is needed)".format(major)
    if system == "Windows" and machine == "AMD64":
        return None
    return "{} on {}".format(system, machine)


def without_engine(path):
    """Write the requirements without the bundled model into .venv's folder, and return their path."""
    kept, skipping = [], False
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.startswith((" ", "\t", "#")):
                skipping = line.startswith(BUNDLED + "==")
            if not skipping:
                kept.append(line)
    reduced = os.path.join(ROOT, ".venv-" + os.path.basename(path))
    with open(reduced, "w", encoding="utf-8") as file:
        file.writelines(kept)
    return reduced


def digest(*parts):
    """Return what the environment was made from, so that it is made again only when that changes."""
    total = hashlib.sha256()
    for part in parts:
        total.update((read(part) or part).encode("utf-8"))
    return total.hexdigest()


def read(path):
    """Return a file's text, or None."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return None


def say(sentence, code=0):
    """Tell it on stderr and return the exit code."""
    sys.stderr.write(sentence + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
