// The receiver behind `assay listen`: verify, show, store, forward, answer.
// SPDX-License-Identifier: MIT
#include "tools/cli/listen.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <condition_variable>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>

#include "engine/base/encoding.hpp"
#include "engine/base/limits.hpp"
#include "notify/profile/profile.hpp"
#include "notify/sign/header_name.hpp"
#include "tools/api/http_server.hpp"
#include "tools/cli/chaos.hpp"
#include "tools/cli/forward.hpp"
#include "tools/cli/number_text.hpp"
#include "tools/cli/profile_directory.hpp"
#include "tools/cli/self_signed.hpp"
#include "tools/cli/server_options.hpp"
#include "tools/cli/stop_signal.hpp"
#include "tools/settings/private_file.hpp"

namespace assay::tools {
namespace {

std::string header_text(const boost::json::object& headers, std::string_view name) {
    for (const auto& [key, value] : headers) {
        if (!name.empty() && notify::same_header_name(key, name) && value.is_string()) {
            return std::string(value.get_string());
        }
    }
    return {};
}

// Headers that hold a secret as it is, in whichever profile.
std::vector<std::string> secret_headers(const notify::ProfileBook& book) {
    std::vector<std::string> names;
    for (const notify::Profile& profile : book.all()) {
        if (profile.signature.layout == notify::SignatureLayout::secret_text)
            names.push_back(profile.signature.signature_header);
    }
    return names;
}

// Called from several workers; what it prints and stores stays whole lines.
class Receiver final : public HttpHandler {
  public:
    Receiver(const ListenOptions& options, const notify::Profile& profile,
             std::vector<std::string> hidden_headers, std::optional<ChaosPlan> chaos,
             std::optional<notify::Secret> secret, CommandContext& context, StopSignal& stop)
        : options_(options),
          profile_(profile),
          hidden_headers_(std::move(hidden_headers)),
          chaos_(std::move(chaos)),
          secret_(std::move(secret)),
          context_(context),
          stop_(stop) {}

    Result<void> open_store() {
        if (options_.store.empty()) return {};
        // Bodies are customers' data: only their owner reads them.
        if (make_private_file(options_.store)) {
            store_.open(options_.store, std::ios::binary | std::ios::app);
        }
        if (store_.is_open()) return {};
        return fail(ErrorCode::invalid_argument, "cannot write " + options_.store, "--store");
    }

    Begin begin(const HttpRequest& request) override {
        if (request.method != "POST") {
            HttpResponse response =
                answer_with(405, "assay listen: send webhooks here with POST\n");
            response.fields.push_back({"Allow", "POST"});
            return response;
        }
        return read_whole_body(
            limits::body_strict_bytes_max,
            [this, &request](std::string body) { return receive(request, body); },
            [] { return answer_with(413, "too large for a webhook"); });
    }

    void end_delays() {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        ended_.notify_all();
    }

  private:
    static HttpResponse answer_with(int status, std::string text) {
        HttpResponse response;
        response.status = status;
        response.fields = {{"Content-Type", "text/plain; charset=utf-8"}};
        response.body = std::move(text);
        return response;
    }

    HttpResponse receive(const HttpRequest& request, const std::string& body) {
        std::optional<Error> fault;
        if (secret_) {
            std::vector<notify::Header> headers;
            for (const auto& field : request.fields)
                headers.push_back({field.name, field.value});
            const auto verified =
                notify::verify(profile_.signature, {&*secret_, 1}, headers, body,
                               {std::chrono::seconds(300), to_unix_seconds(context_.clock.now())});
            if (!verified) fault = verified.error();
        }
        const bool unwell = chaos_ && strikes(*chaos_, ++arrived_);
        if (unwell && chaos_->ends_answer()) {
            wait(chaos_->delay);
            HttpResponse response = chaos_answer(
                *chaos_, [this](std::chrono::milliseconds time) { return wait(time); });
            note(request, body, fault, response.status);
            return response;
        }
        int status = fault ? 401 : 200;
        std::optional<Error> not_forwarded;
        if (!fault && !options_.forward_to.empty()) {
            const auto answered = forward(options_.forward_to, request, body);
            if (!answered) not_forwarded = answered.error();
            status = answered ? *answered : 502;
        }
        if (options_.status != 0) status = options_.status;
        wait(std::chrono::milliseconds(options_.delay_ms) +
             (unwell ? chaos_->delay : std::chrono::milliseconds(0)));
        const std::optional<Error>& shown = fault ? fault : not_forwarded;
        note(request, body, fault, status, not_forwarded);
        return answer_with(status, shown ? describe(*shown) : "ok");
    }

    // False: the receiver is about to end.
    bool wait(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        return !ended_.wait_for(lock, time, [this] { return ending_; });
    }

    void note(const HttpRequest& request, const std::string& body,
              const std::optional<Error>& fault, int status,
              const std::optional<Error>& not_forwarded = {}) {
        const std::lock_guard lock(mutex_);
        if (options_.count > 0 && received_ >= options_.count) return;
        boost::json::object row = describe_request(request, body, fault, status);
        if (not_forwarded) row["forward_fault"] = describe(*not_forwarded);
        if (store_.is_open()) store_ << boost::json::serialize(row) << '\n' << std::flush;
        if (options_.json) {
            context_.out << boost::json::serialize(row) << '\n' << std::flush;
        } else if (!options_.quiet) {
            print_line(row, body.size(), fault, status);
        }
        if (++received_ == options_.count) stop_.request();
    }

    bool is_hidden(const std::string& name) const {
        return std::any_of(hidden_headers_.begin(), hidden_headers_.end(), [&](const auto& hidden) {
            return notify::same_header_name(name, hidden);
        });
    }

    boost::json::object describe_request(const HttpRequest& request, const std::string& body,
                                         const std::optional<Error>& fault, int status) const {
        boost::json::object headers;
        for (const auto& field : request.fields)
            headers[field.name] = is_hidden(field.name) ? "***" : field.value;
        boost::json::object row{{"received_at", to_rfc3339(context_.clock.now())},
                                {"target", request.target},
                                {"status", status},
                                {"bytes", body.size()}};
        row["verified"] = secret_ ? boost::json::value(!fault) : boost::json::value();
        if (fault) row["fault"] = describe(*fault);
        row["headers"] = std::move(headers);
        boost::system::error_code not_json;
        auto parsed = boost::json::parse(body, not_json);
        if (not_json) {
            row["body_base64"] = to_base64(body);
        } else {
            row["body"] = std::move(parsed);
        }
        return row;
    }

    void print_line(const boost::json::object& row, std::size_t bytes,
                    const std::optional<Error>& fault, int status) {
        const auto* body = row.if_contains("body");
        const boost::json::value none;
        const auto& event = body != nullptr ? *body : none;
        const auto& headers = row.at("headers").get_object();
        // Where a profile names the message in headers, the body is the data alone.
        std::string type = header_text(headers, profile_.headers.type);
        if (type.empty()) type = text_member(event, "type");
        if (type.empty()) type = text_member(event, "event", "(no type)");
        std::string id = header_text(headers, profile_.headers.delivery);
        if (id.empty()) id = text_member(event, "id");
        if (id.empty()) id = header_text(headers, profile_.signature.id_header);
        if (id.empty()) id = header_text(headers, "X-Assay-Event-Id");
        context_.out << text_member(boost::json::value(row), "received_at") << "  "
                     << (!secret_ ? "unchecked"
                         : fault  ? "NOT VALID"
                                  : "valid    ")
                     << "  " << printable(type) << "  " << printable(id) << "  "
                     << grouped(static_cast<std::int64_t>(bytes)) << " bytes  -> " << status;
        if (fault) context_.out << "  (" << describe(*fault) << ")";
        if (const auto* unsent = row.if_contains("forward_fault")) {
            context_.out << "  (" << printable(unsent->get_string()) << ")";
        }
        context_.out << '\n' << std::flush;
    }

    const ListenOptions& options_;
    const notify::Profile& profile_;
    const std::vector<std::string> hidden_headers_;  // shown and stored as ***
    const std::optional<ChaosPlan> chaos_;
    const std::optional<notify::Secret> secret_;
    std::atomic<std::int64_t> arrived_{0};
    CommandContext& context_;
    StopSignal& stop_;
    std::mutex mutex_;  // guards everything below and the output streams
    std::condition_variable ended_;
    std::ofstream store_;
    std::int64_t received_ = 0;
    bool ending_ = false;
};

void add_answer_options(CLI::App& command, ListenOptions& options) {
    command.add_option("--status", options.status, "Answer with this status, whatever arrives")
        ->check(CLI::Range(200, 599))
        ->type_name("CODE");
    command.add_option("--delay", options.delay_ms, "Wait before answering")
        ->check(CLI::Range(0, 600'000))
        ->type_name("MS");
    command
        .add_option("--forward-to", options.forward_to,
                    "Pass what verifies on to this URL, and answer as it does")
        ->type_name("URL");
    command
        .add_option("--chaos", options.chaos,
                    "Be unwell: status=CODE, redirect=URL, drip, reset or huge-body; delay=MS, "
                    "wrong-tls, every=N")
        ->type_name("PLAN");
}

}  // namespace

int run_listen(const ListenOptions& options, CommandContext& context) {
    const auto book = load_profiles_with(options.profiles_directory);
    if (!book) return report(context, book.error()), exit_usage;
    const auto profile = find_signing_profile(**book, options.profile);
    if (!profile) return report(context, profile.error()), exit_usage;
    std::optional<notify::Secret> secret;
    const bool given = !options.secret.text.empty() || !options.secret.file.empty() ||
                       (context.environment && context.environment("ASSAY_WEBHOOK_SECRET"));
    if (given) {
        auto loaded = load_secret(options.secret, context);
        if (!loaded) return report(context, loaded.error()), exit_usage;
        secret = std::move(*loaded);
    }
    std::optional<ChaosPlan> chaos;
    if (!options.chaos.empty()) {
        auto plan = parse_chaos(options.chaos);
        if (!plan) return report_usage(context, plan.error(), "listen");
        chaos = *std::move(plan);
    }
    HttpServerOptions server_options;
    server_options.port = options.port;
    std::unique_ptr<SelfSigned> certificate;
    if (chaos && chaos->wrong_tls) {
        auto made = SelfSigned::make();
        if (!made) return report(context, made.error());
        certificate = *std::move(made);
        server_options.tls_certificate = certificate->certificate();
        server_options.tls_key = certificate->key();
    }
    StopSignal stop;
    Receiver receiver(options, **profile, secret_headers(**book), std::move(chaos),
                      std::move(secret), context, stop);
    if (const auto opened = receiver.open_store(); !opened) return report(context, opened.error());
    auto server = HttpServer::start(server_options, receiver, context.clock);
    if (!server) return report(context, server.error());
    context.out << "{\"event\":\"ready\",\"url\":\"" << (*server)->url() << "\"}\n" << std::flush;
    if (!given && !options.quiet) {
        context.error << "No secret was given: signatures are not checked (--secret-file FILE).\n";
    }
    stop.wait();
    receiver.end_delays();
    (*server)->stop(std::chrono::seconds(2));
    return exit_ok;
}

void add_listen(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<ListenOptions>();
    CLI::App* command =
        application.add_subcommand("listen", "Receive webhooks here: verify, print, keep, pass on");
    command->group(group_receive);
    command
        ->add_option("--port", options->port,
                     "Listen on this port of 127.0.0.1; 0 (default): a free one")
        ->type_name("N");
    add_profile_options(*command, options->profile, options->profiles_directory);
    add_secret_options(*command, options->secret);
    command->add_option("--count", options->count, "End after this many")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N");
    command
        ->add_option("--store", options->store,
                     "Append what arrives to this file, one JSON object a line")
        ->type_name("FILE");
    add_answer_options(*command, *options);
    command->add_flag("--quiet", options->quiet, "Print nothing but the ready line");
    command->add_flag("--json", options->json, "Print what arrives as JSON, one object a line");
    command->footer(
        "Examples:\n"
        "  assay listen --port 8090 --profile resell-scan --secret-file secret.txt\n"
        "  assay listen --status 503 --delay 2000        # play a receiver that is unwell\n"
        "  assay listen --chaos reset,every=3            # cut every third connection\n"
        "  assay listen --chaos wrong-tls                # https that nobody vouches for\n"
        "  assay listen --forward-to http://127.0.0.1:3000/hook --secret-file secret.txt\n");
    command->callback([options, &context] { context.exit_code = run_listen(*options, context); });
}

}  // namespace assay::tools
