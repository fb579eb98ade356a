// Live progress over Server-Sent Events, and a batch in words.
// SPDX-License-Identifier: MIT
#include "tools/cli/batch_watch.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <ostream>

#include "engine/base/money.hpp"
#include "tools/cli/batch_progress.hpp"
#include "tools/cli/number_text.hpp"
#include "tools/cli/server_options.hpp"

namespace assay::tools {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds retry_first{250}, retry_max{5'000};
constexpr milliseconds patience{5 * 60'000};  // with a server that is gone

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

void print_lot(CommandContext& context, const boost::json::value& lot) {
    const auto* net = member(lot, "net");
    if (net == nullptr) return;
    const std::string currency = text_member(lot, "currency");
    const auto of_net = [&](std::string_view name) {
        return amount_text(integer_member(*net, name), currency);
    };
    context.out << "Lot value, net: " << of_net("p50") << "  (cautious " << of_net("p10")
                << ", lucky " << of_net("p90") << ")\n";
    const auto* bid = member(lot, "max_bid");
    if (bid != nullptr && bid->is_int64()) {
        context.out << "Bid at most:    " << amount_text(bid->get_int64(), currency) << '\n';
    }
}

// One watch: asks for the state, follows the stream, and takes both up again when they break.
class Watch {
  public:
    Watch(ApiClient& client, const WatchRequest& request, StopSource& stop, CommandContext& context)
        : client_(client),
          request_(request),
          stop_(stop),
          context_(context),
          path_("/v1/batches/" + url_encoded(request.batch)),
          display_(context, request.label.empty() ? request.batch : request.label),
          answered_(request.answered) {
        client_.set_stop([this] { return must_end(milliseconds(0)); });
    }
    ~Watch() { client_.set_stop({}); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    Result<Watched> run() {
        while (true) {
            auto state = client_.get(path_);
            if (state) {
                here();
                take(*std::move(state));
            }
            if (ended()) return Watched{WatchEnd::ended, std::move(batch_)};
            Result<void> went = state ? follow() : Result<void>(state.error());
            if (ended()) return Watched{WatchEnd::ended, std::move(batch_)};
            if (!went && went.error().code != ErrorCode::cancelled) {
                if (!answered_ || !is_retryable(went.error().code)) return went.error();
                // A server that answers but has no stream to spare is simply asked again.
                const ErrorCode code = went.error().code;
                if (!state || code == ErrorCode::io_error || code == ErrorCode::connect_failed)
                    gone();
                if (waited_ >= patience) return given_up(went.error());
            }
            if (must_end(pause())) return Watched{why_, std::move(batch_)};
        }
    }

  private:
    bool ended() const { return has_ended(text_member(batch_, "status")); }

    void take(boost::json::value state) {
        display_.show(progress_of(state));
        batch_ = std::move(state);
    }

    // The stream ends with the whole batch object, so nothing is left to ask then.
    Result<void> follow() {
        EventStreamReader reader;
        const auto on_event = [&](std::string_view, std::string_view data) {
            boost::system::error_code fault;
            auto state = boost::json::parse(data, fault);
            if (fault || !state.is_object()) return true;
            delay_ = retry_first;
            take(std::move(state));
            return !ended();
        };
        return client_.stream(path_ + "/events", "text/event-stream",
                              [&](std::string_view bytes) { return reader.feed(bytes, on_event); });
    }

    void here() {
        if (gone_) display_.say("The server answers again.");
        gone_ = false;
        answered_ = true;
        waited_ = milliseconds(0);
    }
    void gone() {
        if (!gone_) {
            display_.say("The server does not answer; what it has accepted is safe. Trying again.");
            display_.pause();
        }
        gone_ = true;
    }
    Error given_up(Error last) const {
        last.message = "the server has not come back: " + last.message;
        last.remedy = "when it is there again: assay watch " + request_.batch;
        return last;
    }

    // How long to wait before the next try.
    milliseconds pause() {
        const milliseconds now = delay_;
        delay_ = std::min(2 * delay_, retry_max);
        waited_ += now;
        return now;
    }

    // Waits, but no longer than the deadline; true: the watch is over, and why_ says why.
    bool must_end(milliseconds wait) {
        if (request_.deadline) {
            const auto left = std::chrono::duration_cast<milliseconds>(*request_.deadline -
                                                                       context_.clock.steady_now());
            wait = std::clamp(left, milliseconds(0), wait);
        }
        if (stop_.wait_for(wait)) {
            why_ = WatchEnd::interrupted;
            return true;
        }
        if (request_.deadline && context_.clock.steady_now() >= *request_.deadline) {
            why_ = WatchEnd::timed_out;
            return true;
        }
        return false;
    }

    ApiClient& client_;
    const WatchRequest& request_;
    StopSource& stop_;
    CommandContext& context_;
    const std::string path_;
    ProgressDisplay display_;
    boost::json::value batch_;
    WatchEnd why_ = WatchEnd::ended;
    milliseconds delay_ = retry_first, waited_{0};
    bool answered_, gone_ = false;
};

}  // namespace

Result<Watched> watch_batch(ApiClient& client, const WatchRequest& request, StopSource& stop,
                            CommandContext& context) {
    return Watch(client, request, stop, context).run();
}

int exit_code_of(const Watched& watched, const std::string& batch, CommandContext& context) {
    if (watched.end == WatchEnd::ended)
        return text_member(watched.batch, "status") == "completed" ? exit_ok : exit_failed;
    const bool interrupted = watched.end == WatchEnd::interrupted;
    const std::string back = "come back with: assay watch " + batch;
    if (context.json) {
        report(context, fail(interrupted ? ErrorCode::cancelled : ErrorCode::timeout,
                             interrupted ? "stopped watching; the batch goes on"
                                         : "the time is up; the batch goes on",
                             {}, back));
    } else {
        context.error << (interrupted ? "Stopped watching" : "The time is up")
                      << "; the batch goes on.\n  Come back:  assay watch " << batch
                      << "\n  Stop it:    assay cancel " << batch << '\n'
                      << std::flush;
    }
    return interrupted ? exit_interrupted : exit_timeout;
}

void print_batch(CommandContext& context, const boost::json::value& batch) {
    const BatchProgress progress = progress_of(batch);
    context.out << "Batch " << printable(text_member(batch, "id")) << ": " << progress.status
                << ", " << grouped(progress.completed) << " of "
                << counted(progress.total, "product", "products") << " analysed";
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
