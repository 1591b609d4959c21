"""The language host: which Python runs a program, what it needs, and how it is told to stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, language_pb2, language_pb2_grpc

from toolchain.setup.language_host import executor, interpreter, policy_proxy

ROOT = Path(__file__).resolve().parents[3]
VENV = Path(sys.prefix)


def test_the_virtualenv_option_is_relative_to_the_project_not_to_main() -> None:
    found = interpreter.resolve("/a clone", {"virtualenv": ".docklab/venv", "toolchain": "pip"})
    assert found.python == "/a clone/.docklab/venv/bin/python"


def test_without_the_option_the_python_on_path_runs_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PULUMI_PYTHON_CMD", raising=False)
    assert interpreter.resolve("/a", {}).python == "python3"
    assert interpreter.resolve("/a", {}, is_plugin=True).python == "/a/venv/bin/python"


def test_another_toolchain_is_refused_by_name() -> None:
    with pytest.raises(interpreter.OptionError, match="'poetry' is not served here"):
        interpreter.resolve("/a", {"toolchain": "poetry"})


def test_a_missing_virtual_environment_names_the_way_to_it() -> None:
    problem = interpreter.resolve("/nowhere", {"virtualenv": "venv"}).missing()
    assert problem is not None
    assert "make setup" in problem


def test_plugins_are_read_from_the_installed_packages_each_once(tmp_path: Path) -> None:
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    for name, content in {
        "pulumi_docker": {"resource": True, "name": "docker", "version": "v5.2.0"},
        "pulumi_policy": {"resource": False, "name": "policy"},
        "broken": None,
    }.items():
        (packages / name).mkdir(parents=True)
        text = json.dumps(content) if content else "{"
        (packages / name / "pulumi-plugin.json").write_text(text)
    (tmp_path / "lib64").symlink_to("lib")
    folders = interpreter.Interpreter(virtualenv=tmp_path).site_packages()
    found = list(interpreter.plugin_packages(folders))
    assert found == [interpreter.PluginPackage(name="docker", version="5.2.0", server="")]


def test_a_traceback_begins_in_the_users_program(tmp_path: Path) -> None:
    program = tmp_path / "__main__.py"
    program.write_text("def deep():\n    raise KeyError('lost')\ndeep()\n")
    try:
        exec(compile(program.read_text(), str(program), "exec"), {})
    except KeyError as error:
        text = executor.user_traceback(error, str(tmp_path))
    assert text.splitlines()[1].strip().startswith(f'File "{program}", line 3')
    assert "test_setup_language_host" not in text


def test_a_policy_pack_gets_the_stack_and_its_configuration() -> None:
    request = analyzer_pb2.AnalyzerStackConfigureRequest(
        stack="local", project="docklab", dry_run=True, config={"docklab:lab": "x"}
    )
    found = policy_proxy.stack_environment(request)
    assert found["PULUMI_STACK"] == "local"
    assert found["PULUMI_DRY_RUN"] == "true"
    assert json.loads(found["PULUMI_CONFIG"]) == {"docklab:lab": "x"}
    assert policy_proxy.stack_environment(None) == {}


@pytest.fixture
def host() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "toolchain.setup.language_host", "127.0.0.1:1"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def _connect(host: subprocess.Popen[str]) -> language_pb2_grpc.LanguageRuntimeStub:
    assert host.stdout is not None
    port = int(host.stdout.readline())
    return language_pb2_grpc.LanguageRuntimeStub(grpc.insecure_channel(f"127.0.0.1:{port}"))


def _info(**options: str) -> language_pb2.ProgramInfo:
    info = language_pb2.ProgramInfo(
        root_directory=str(ROOT), program_directory=str(ROOT), entry_point="."
    )
    info.options.update(options)
    return info


def test_the_host_serves_this_projects_plugins_and_stops_without_a_word(
    host: subprocess.Popen[str],
) -> None:
    runtime = _connect(host)
    request = language_pb2.GetRequiredPackagesRequest(info=_info(virtualenv=str(VENV)))
    names = {package.name for package in runtime.GetRequiredPackages(request).packages}
    assert {"docker", "command"} <= names
    assert runtime.GetPluginInfo(empty_pb2.Empty()).version
    about = runtime.About(language_pb2.AboutRequest(info=_info(virtualenv=str(VENV))))
    assert os.path.samefile(about.executable, VENV / "bin" / "python")
    host.send_signal(signal.SIGINT)
    _, stderr = host.communicate(timeout=10)
    assert host.returncode == 0
    assert stderr == ""


def test_an_option_that_is_not_served_comes_back_as_an_error_of_the_caller(
    host: subprocess.Popen[str],
) -> None:
    request = language_pb2.GetRequiredPackagesRequest(info=_info(toolchain="uv"))
    with pytest.raises(grpc.RpcError) as caught:
        _connect(host).GetRequiredPackages(request)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def _run_plugin(
    host: subprocess.Popen[str], folder: Path, source: str
) -> tuple[bytes, bytes, int | None]:
    (folder / "__main__.py").write_text(source)
    info = _info(virtualenv=str(VENV))
    info.program_directory = str(folder)
    request = language_pb2.RunPluginRequest(
        info=info, pwd=str(folder), kind="resource", args=["an argument"], env=["DOCKLAB_TEST=1"]
    )
    out, err, code = b"", b"", None
    for message in _connect(host).RunPlugin(request):
        out, err = out + message.stdout, err + message.stderr
        if message.WhichOneof("output") == "exitcode":
            code = message.exitcode
    return out, err, code


def test_a_plugin_written_in_python_runs_with_its_arguments_and_its_exit_code(
    host: subprocess.Popen[str], tmp_path: Path
) -> None:
    source = "import os, sys\nprint(sys.argv[1:], os.environ['DOCKLAB_TEST'])\n"
    source += "print('to stderr', file=sys.stderr)\nsys.exit(7)\n"
    assert _run_plugin(host, tmp_path, source) == (b"['an argument'] 1\n", b"to stderr\n", 7)
