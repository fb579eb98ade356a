// /healthz, /readyz and /metrics: how the server is doing.
// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <fstream>

#include "engine/base/version.hpp"
#include "tools/api/api_json.hpp"
#include "tools/api/resources.hpp"

namespace assay::tools::resources {
namespace {

// Prometheus text exposition, a family at a time.
class MetricsWriter {
  public:
    void family(std::string_view name, std::string_view type, std::string_view help) {
        text_.append("# HELP ").append(name).append(" ").append(help);
        text_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
    }
    void value(std::string_view name, std::string_view labels, std::uint64_t number) {
        text_.append(name).append(labels).append(" ").append(std::to_string(number)).append("\n");
    }
    void single(std::string_view name, std::string_view type, std::string_view help,
                std::uint64_t number) {
        family(name, type, help);
        value(name, {}, number);
    }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

std::uint64_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t size = 0, resident = 0;
    statm >> size >> resident;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

void write_notifier(MetricsWriter& metrics, const notify::NotifierStatus& status) {
    metrics.single("assay_deliveries_delivered_total", "counter", "Deliveries that succeeded.",
                   status.delivered);
    metrics.single("assay_attempts_failed_total", "counter", "Delivery attempts that failed.",
                   status.failed_attempts);
    metrics.single("assay_deliveries_in_flight", "gauge", "Attempts under way.", status.in_flight);
    metrics.single("assay_deliveries_waiting", "gauge", "Deliveries that wait for their time.",
                   status.waiting);
    const auto relayed = static_cast<std::uint64_t>(to_integer(status.relayed));
    const auto logged = static_cast<std::uint64_t>(to_integer(status.logged));
    metrics.single("assay_events_logged", "gauge", "Number of the last event in the log.", logged);
    metrics.single("assay_events_relayed", "gauge", "Number of the last event that was relayed.",
                   relayed);
}

HttpResponse text_response(int status, std::string type, std::string body) {
    HttpResponse response;
    response.status = status;
    response.fields = {{"Content-Type", std::move(type)}, {"Cache-Control", "no-store"}};
    response.body = std::move(body);
    return response;
}

}  // namespace

Answer get_health(ApiCall&) {
    return json_response(200, R"({"status":"ok","version":")" + std::string(version) + "\"}");
}

// Ready: the store can be read. While it is being re-opened after an I/O error it cannot.
Answer get_readiness(ApiCall& call) {
    auto db = call.services.database.read();
    if (!db) return std::move(db).error();
    return json_response(200, R"({"status":"ready"})");
}

Answer get_metrics(ApiCall& call) {
    MetricsWriter metrics;
    metrics.family("assay_build_info", "gauge", "The version that runs.");
    metrics.value("assay_build_info", "{version=\"" + std::string(version) + "\"}", 1);
    metrics.family("assay_http_answers_total", "counter", "Answers by class of status.");
    for (std::size_t i = 1; i < call.counters.answers_by_class.size(); ++i)
        metrics.value("assay_http_answers_total", "{class=\"" + std::to_string(i) + "xx\"}",
                      call.counters.answers_by_class[i].load(std::memory_order_relaxed));
    metrics.single("assay_http_body_bytes_in_total", "counter", "Bytes of request bodies.",
                   call.counters.bytes_in.load(std::memory_order_relaxed));
    metrics.single("assay_http_bytes_out_total", "counter", "Bytes of responses.",
                   call.counters.bytes_out.load(std::memory_order_relaxed));
    metrics.single("assay_writer_queued", "gauge", "Jobs that wait for a commit.",
                   call.services.writer.queued());
    write_notifier(metrics, call.services.notifier.status());
    metrics.single("process_resident_memory_bytes", "gauge", "Resident memory.", resident_bytes());
    return text_response(200, "text/plain; version=0.0.4; charset=utf-8", metrics.take());
}

}  // namespace assay::tools::resources
