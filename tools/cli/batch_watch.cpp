// Live progress over Server-Sent Events, and a batch in words.
// SPDX-License-Identifier: MIT
#include "tools/cli/batch_watch.hpp"

#include <boost/json/parse.hpp>
#include <ostream>

#include "engine/base/money.hpp"
#include "tools/cli/batch_progress.hpp"
#include "tools/cli/server_options.hpp"

namespace assay::tools {
namespace {

// A stream that breaks this often without news in between is given up.
constexpr int reconnects_max = 5;

bool has_ended(std::string_view status) {
    return status == "completed" || status == "failed" || status == "cancelled";
}

BatchProgress progress_of(const boost::json::value& batch) {
    BatchProgress progress;
    progress.status = text_member(batch, "status");
    if (const auto* counts = member(batch, "product_counts")) {
        progress.total = integer_member(*counts, "total");
        progress.completed = integer_member(*counts, "completed");
        progress.failed = integer_member(*counts, "failed");
        progress.cancelled = integer_member(*counts, "cancelled");
    }
    return progress;
}

std::string amount(std::int64_t minor, const std::string& code) {
    const auto currency = Currency::parse(code);
    if (!currency) return grouped(minor);
    const std::string text = format_decimal(minor, currency->exponent());
    const auto point = text.find('.');
    return grouped(std::stoll(text.substr(0, point))) +
           (point == std::string::npos ? "" : text.substr(point)) + " " + code;
}

void print_lot(CommandContext& context, const boost::json::value& lot) {
    const auto* net = member(lot, "net");
    if (net == nullptr) return;
    const std::string currency = text_member(lot, "currency");
    const auto of_net = [&](std::string_view name) {
        return amount(integer_member(*net, name), currency);
    };
    context.out << "Lot value, net: " << of_net("p50") << "  (cautious " << of_net("p10")
                << ", lucky " << of_net("p90") << ")\n";
    const auto* bid = member(lot, "max_bid");
    if (bid != nullptr && bid->is_int64()) {
        context.out << "Bid at most:    " << amount(bid->get_int64(), currency) << '\n';
    }
}

}  // namespace

Result<boost::json::value> watch_batch(ApiClient& client, const std::string& batch,
                                       CommandContext& context) {
    ProgressDisplay display(context, batch);
    const std::string path = "/v1/batches/" + url_encoded(batch);
    for (int attempt = 0;; ++attempt) {
        auto now = client.get(path);
        if (!now) return std::move(now).error();
        display.show(progress_of(*now));
        if (has_ended(text_member(*now, "status"))) {
            display.finish();
            return now;
        }
        if (attempt > reconnects_max) {
            display.finish();
            return fail(ErrorCode::io_error, "the progress stream of the batch keeps breaking", {},
                        "the batch goes on; `assay watch` takes it up again");
        }
        EventStreamReader reader;
        const auto on_event = [&](std::string_view, std::string_view data) {
            boost::system::error_code fault;
            const auto state = boost::json::parse(data, fault);
            if (fault) return true;
            attempt = 0;
            display.show(progress_of(state));
            return !has_ended(text_member(state, "status"));
        };
        const auto on_bytes = [&](std::string_view bytes) { return reader.feed(bytes, on_event); };
        const auto streamed = client.stream(path + "/events", "text/event-stream", on_bytes);
        // A broken stream is no news of the batch: ask again above, and give up only if that fails
        // too.
        if (!streamed && !is_retryable(streamed.error().code)) return streamed.error();
    }
}

void print_batch(CommandContext& context, const boost::json::value& batch) {
    const BatchProgress progress = progress_of(batch);
    context.out << "Batch " << printable(text_member(batch, "id")) << ": " << progress.status
                << ", " << grouped(progress.completed) << " of " << grouped(progress.total)
                << " products analysed";
    if (progress.failed > 0) context.out << ", " << grouped(progress.failed) << " failed";
    if (progress.cancelled > 0) context.out << ", " << grouped(progress.cancelled) << " cancelled";
    context.out << '\n';
    const auto* summary = member(batch, "summary");
    if (summary == nullptr || !summary->is_object()) return;
    if (const auto* verdicts = member(*summary, "by_verdict"); verdicts && verdicts->is_object()) {
        std::string line;
        for (const auto& [name, count] : verdicts->get_object()) {
            if (!count.is_int64()) continue;
            if (!line.empty()) line += ", ";
            line += grouped(count.get_int64()) + " " + printable(name);
        }
        if (!line.empty()) context.out << "Verdicts:       " << line << '\n';
    }
    if (const auto* lot = member(*summary, "lot")) print_lot(context, *lot);
}

}  // namespace assay::tools
