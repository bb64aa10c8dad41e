"""A Spark cluster of its own on this machine: a master, two workers and a Thrift server, on loopback only.

Everything it writes lies in one folder: conf, logs, events, scratch, the metastore and the tables.

    python -m tests.engines.spark_processes FOLDER    starts one, says where, and stops it at Ctrl-C
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = "127.0.0.1"
WAIT = 180
MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
THRIFT_SERVER = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"
LOGGING = """\
rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
logger.said.name = org.apache.spark.sql.hive.thriftserver
logger.said.level = info
"""


@dataclass
class Cluster:
    """A cluster that is not up yet; `settings` are Spark's, beside those that keep it in its folder."""

    folder: Path
    worker_memory_mb: int = 1024
    driver_memory_mb: int = 1024
    settings: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        """Bring everything up, and wait until both workers and the server are there."""
        self.folder = self.folder.resolve()
        self.master_port, self.port = free_port(), free_port()
        self._write_conf()
        self._run("master", MASTER, "--host", HERE, "--port", self.master_port, "--webui-port", free_port())
        self.wait_for("master", self.master_port)
        for name in ("worker_1", "worker_2"):
            self.start_worker(name)
        self.start_server()

    def start_worker(self, name: str) -> None:
        """Start a worker, of one core."""
        size = ("--cores", 1, "--memory", f"{self.worker_memory_mb}m", "--work-dir", self.folder / name)
        ports = ("--host", HERE, "--port", free_port(), "--webui-port", free_port())
        self._run(name, WORKER, *size, *ports, f"spark://{HERE}:{self.master_port}")

    def start_server(self) -> None:
        """Start the Thrift server: it is the driver of the one application that runs on the workers."""
        where = {"bind.host": HERE, "port": self.port}
        self._run(
            "server",
            "org.apache.spark.deploy.SparkSubmit",
            *("--class", THRIFT_SERVER, "spark-internal"),
            *(
                word
                for key, value in where.items()
                for word in ("--hiveconf", f"hive.server2.thrift.{key}={value}")
            ),
        )
        self.wait_for("server", self.port)

    def kill(self, name: str) -> None:
        """End a process and those it started at once, as when its machine goes away."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End everything that is up, the server first, so that it closes its metastore and event log."""
        for name in ("server", "worker_1", "worker_2", "master"):
            if name not in self.processes:
                continue
            process = self.processes[name]
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
            # Executors are of their worker's group.
            self._end_group(process.pid)
            del self.processes[name]

    def wait_for(self, name: str, port: int) -> None:
        """Wait until a process listens."""
        until = time.monotonic() + WAIT
        while time.monotonic() < until and self.processes[name].poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex((HERE, port)) == 0:
                    return
            time.sleep(0.3)
        log = (self.folder / "logs" / f"{name}.log").read_text(errors="replace")
        raise RuntimeError(f"Spark's {name} does not listen: {log[-2000:]}")

    def _run(self, name: str, main: str, *arguments: object) -> None:
        import pyspark

        home = Path(pyspark.__file__).parent
        environment = {
            "PATH": os.environ["PATH"],
            "SPARK_HOME": str(home),
            "SPARK_CONF_DIR": str(self.folder / "conf"),
            "SPARK_LOCAL_IP": HERE,
            "SPARK_LOCAL_DIRS": str(self.folder / "scratch"),
            # Of the Thrift server, too, which is a driver.
            "SPARK_DAEMON_MEMORY": f"{self.driver_memory_mb}m" if name == "server" else "256m",
            "SPARK_NO_DAEMONIZE": "1",
        }
        if "JAVA_HOME" in os.environ:
            environment["JAVA_HOME"] = os.environ["JAVA_HOME"]
        with (self.folder / "logs" / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [str(home / "bin" / "spark-class"), main, *map(str, arguments)],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _end_group(self, group: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)

    def _write_conf(self) -> None:
        for name in ("conf", "logs", "events", "scratch", "tables"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        metastore = f"jdbc:derby:;databaseName={self.folder}/metastore;create=true"
        settings = {
            "spark.master": f"spark://{HERE}:{self.master_port}",
            "spark.app.name": "rollforward",
            "spark.driver.host": HERE,
            "spark.driver.bindAddress": HERE,
            "spark.driver.memory": f"{self.driver_memory_mb}m",
            "spark.executor.cores": "1",
            # The worker's memory also holds what an executor needs beside its heap.
            "spark.executor.memory": f"{self.worker_memory_mb}m",
            "spark.ui.enabled": "false",
            "spark.master.rest.enabled": "false",
            "spark.eventLog.enabled": "true",
            "spark.eventLog.compress": "false",
            "spark.eventLog.rolling.enabled": "false",
            "spark.eventLog.dir": f"file://{self.folder}/events",
            "spark.sql.warehouse.dir": f"{self.folder}/tables",
            "spark.sql.session.timeZone": "UTC",
            "spark.hadoop.javax.jdo.option.ConnectionURL": metastore,
            **self.settings,
        }
        text = "".join(f"{key} {value}\n" for key, value in settings.items())
        (self.folder / "conf" / "spark-defaults.conf").write_text(text)
        (self.folder / "conf" / "log4j2.properties").write_text(LOGGING)


def free_port() -> int:
    """Give a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Keep a cluster up until it is interrupted."""
    cluster = Cluster(Path(sys.argv[1]))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        cluster.start()
        print(f"Thrift server on {HERE}:{cluster.port}, method thrift", flush=True)
        signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        cluster.stop()


if __name__ == "__main__":
    main()
