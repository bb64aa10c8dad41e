"""What makes Spark quick where books are small, in a session and on a cluster alike.

What takes time there is planning: a view is analysed again by every statement that reads it, and views of
views many times over. After that comes starting tasks and compiling what each of them runs.
"""

from __future__ import annotations

# Planning goes through code that no run is long enough to see compiled twice. By itself the first compiler
# has room for so little code that it gives up half way, and what comes later is interpreted.
JAVA = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC"
QUICK = {
    "spark.ui.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.maxPlanStringLength": "1000",
    "spark.sql.lightweightPlanChangeValidation": "false",
    # Without Hadoop's own library each file and folder costs a process that sets permissions: have fewer.
    "spark.hadoop.fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    "spark.hadoop.javax.jdo.option.ConnectionURL": "jdbc:derby:memory:metastore;create=true",
}
