"""The gRPC service LanguageRuntime for Python, on interpreter.py and processes.py."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import language_pb2 as rpc
from pulumi.runtime.proto import language_pb2_grpc, plugin_pb2

from toolchain.setup.language_host import executor, interpreter, policy_proxy
from toolchain.setup.language_host.processes import Children, output, stop

_WHICH_PYTHON = (
    "import sys, platform; print(sys.executable, platform.python_version(), sep='\\n', end='')"
)
_EXECUTOR = str(Path(executor.__file__).resolve())


def _interpreter(info: rpc.ProgramInfo, *, is_plugin: bool = False) -> interpreter.Interpreter:
    options = json_format.MessageToDict(info.options)
    return interpreter.resolve(info.root_directory, options, is_plugin=is_plugin)


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Serves one engine, whose address the engine gives on the command line or by Handshake."""

    def __init__(self, engine_address: str) -> None:
        self.engine_address = engine_address
        self.children = Children()

    def Handshake(
        self, request: rpc.LanguageHandshakeRequest, _context: grpc.ServicerContext
    ) -> rpc.LanguageHandshakeResponse:
        self.engine_address = request.engine_address
        return rpc.LanguageHandshakeResponse()

    def GetPluginInfo(
        self, _request: empty_pb2.Empty, _context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=version("pulumi"))

    def GetRequiredPackages(
        self, request: rpc.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> rpc.GetRequiredPackagesResponse:
        folders = _refuse_bad_options(context, request.info).site_packages()
        return rpc.GetRequiredPackagesResponse(
            packages=[
                plugin_pb2.PackageDependency(
                    name=found.name,
                    kind="resource",
                    version=f"v{found.version}",
                    server=found.server,
                )
                for found in interpreter.plugin_packages(folders)
            ]
        )

    def GetRequiredPlugins(
        self, request: rpc.GetRequiredPluginsRequest, context: grpc.ServicerContext
    ) -> rpc.GetRequiredPluginsResponse:
        folders = _refuse_bad_options(context, request.info).site_packages()
        return rpc.GetRequiredPluginsResponse(
            plugins=[
                plugin_pb2.PluginDependency(
                    name=found.name,
                    kind="resource",
                    version=f"v{found.version}",
                    server=found.server,
                )
                for found in interpreter.plugin_packages(folders)
            ]
        )

    def GetProgramDependencies(
        self, request: rpc.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> rpc.GetProgramDependenciesResponse:
        folders = _refuse_bad_options(context, request.info).site_packages()
        return rpc.GetProgramDependenciesResponse(
            dependencies=[
                rpc.DependencyInfo(name=name, version=version_)
                for name, version_ in interpreter.installed_packages(folders)
            ]
        )

    def About(self, request: rpc.AboutRequest, context: grpc.ServicerContext) -> rpc.AboutResponse:
        python = _refuse_bad_options(context, request.info)
        child = self.children.start(
            [python.python, "-c", _WHICH_PYTHON],
            environment=python.environment(os.environ),
            directory=request.info.root_directory,
            captured=True,
        )
        text = b"".join(data for name, data in output(child) if name == "stdout").decode()
        self.children.wait(child)
        executable, _, number = text.partition("\n")
        return rpc.AboutResponse(
            executable=executable, version=number, metadata={"toolchain": "pip", "host": "docklab"}
        )

    def Run(self, request: rpc.RunRequest, context: grpc.ServicerContext) -> rpc.RunResponse:
        python = _refuse_bad_options(context, request.info)
        if problem := python.missing():
            return rpc.RunResponse(error=problem)
        child = self.children.start(
            [python.python, "-u", _EXECUTOR],
            environment=python.environment(os.environ) | self._run_environment(request),
            directory=request.pwd,
        )
        context.add_callback(lambda: stop(child))
        code = self.children.wait(child)
        if code in (0, executor.TOLD_THE_USER):
            return rpc.RunResponse(bail=code != 0)
        if self.children.interrupted or code == executor.INTERRUPTED:
            return rpc.RunResponse(bail=True)
        how = f"was ended by signal {-code}" if code < 0 else f"exited with code {code}"
        return rpc.RunResponse(error=f"the program {how}")

    def _run_environment(self, request: rpc.RunRequest) -> dict[str, str]:
        run = {
            "monitor": request.monitor_address,
            "engine": self.engine_address,
            "project": request.project,
            "root_directory": request.info.root_directory,
            "stack": request.stack,
            "pwd": request.pwd,
            "dry_run": request.dryRun,
            "parallel": request.parallel,
            "organization": request.organization or "organization",
            "program": request.info.entry_point or ".",
            "args": list(request.args),
        }
        return {
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
            "PULUMI_PYTHON_RUN_REQUEST": json.dumps(run),
        }

    def InstallDependencies(
        self, request: rpc.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[rpc.InstallDependenciesResponse]:
        python = _refuse_bad_options(context, request.info, is_plugin=request.is_plugin)
        directory = request.info.program_directory or request.directory
        for command in _install_commands(python, request.info.root_directory, directory):
            child = self.children.start(
                command,
                environment=python.environment(os.environ),
                directory=directory,
                captured=True,
            )
            for name, data in output(child):
                stdout, stderr = (data, b"") if name == "stdout" else (b"", data)
                yield rpc.InstallDependenciesResponse(stdout=stdout, stderr=stderr)
            if code := self.children.wait(child):
                context.abort(
                    grpc.StatusCode.INTERNAL, f"`{' '.join(command)}` exited with code {code}"
                )

    def RunPlugin(
        self, request: rpc.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[rpc.RunPluginResponse]:
        analyzer = request.kind == "analyzer"
        python = _refuse_bad_options(context, request.info, is_plugin=not analyzer)
        if problem := python.missing():
            yield rpc.RunPluginResponse(stderr=f"{problem}\n".encode())
            yield rpc.RunPluginResponse(exitcode=1)
            return
        environment = python.environment(os.environ)
        environment.update(entry.partition("=")[::2] for entry in request.env)
        program = request.info.program_directory
        if analyzer:
            command = [python.python, "-u", "-m", "pulumi.policy", *request.args, program]
            yield from policy_proxy.serve(self.children, command, environment, program, context)
            return
        child = self.children.start(
            [python.python, "-u", *interpreter.plugin_entry(Path(program)), *request.args],
            environment=environment,
            directory=request.pwd,
            captured=True,
        )
        context.add_callback(lambda: stop(child))
        for chunk in output(child):
            yield policy_proxy.response(chunk)
        yield rpc.RunPluginResponse(exitcode=self.children.wait(child))

    def Cancel(self, _request: empty_pb2.Empty, _context: grpc.ServicerContext) -> empty_pb2.Empty:
        self.children.interrupt()
        return empty_pb2.Empty()


def _refuse_bad_options(
    context: grpc.ServicerContext, info: rpc.ProgramInfo, *, is_plugin: bool = False
) -> interpreter.Interpreter:
    try:
        return _interpreter(info, is_plugin=is_plugin)
    except interpreter.OptionError as error:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        raise


def _install_commands(
    python: interpreter.Interpreter, root: str, directory: str
) -> Iterator[list[str]]:
    if python.missing():
        yield ["python3", "-m", "venv", str(python.virtualenv)]
    for folder in (directory, root):
        requirements = os.path.join(folder, "requirements.txt")
        if os.path.isfile(requirements):
            yield [python.python, "-m", "pip", "install", "-r", requirements]
            return
