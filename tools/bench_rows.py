"""The rows of tools/bench, in the order of the report: what each name measures is a file of bench/."""
import analyze_rows
import dispatch_rows
import end_to_end_rows
import graph_rows
import idle_rows
import intake_rows
import isolation_rows
import latency_rows
import sign_rows
import tls_rows

# By name, as --only takes it: given a Setting, a context in which there is a list of Measured.
ROWS = {
    "sign": sign_rows.one_by_one,
    "sign-together": sign_rows.together,
    "memory": dispatch_rows.memory,
    "durable": end_to_end_rows.durable,
    "queue": end_to_end_rows.queue_of_others,
    "latency": latency_rows.latency,
    "batches": end_to_end_rows.batches,
    "isolation": isolation_rows.isolation,
    "tls": tls_rows.tls,
    "graph": graph_rows.graph,
    "intake": intake_rows.intake,
    "analyze": analyze_rows.analyze_beside_sql,
    "full": analyze_rows.full,
    "idle": idle_rows.idle,
    "growth": dispatch_rows.growth,
}
