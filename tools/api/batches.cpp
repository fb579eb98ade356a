// /v1/batches: submit, try out, list, look at, cancel, delete.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "engine/base/json_writer.hpp"
#include "engine/base/limits.hpp"
#include "tools/api/api_json.hpp"
#include "tools/api/intake_json.hpp"
#include "tools/api/problem.hpp"
#include "tools/api/request_rules.hpp"
#include "tools/api/resources.hpp"

namespace assay::tools::resources {
namespace {

using engine::Engine;
using engine::InputFormat;
namespace store = engine::batch_store;

HttpResponse batch_response(int status, const store::BatchRow& batch) {
    std::string body;
    JsonWriter writer(body);
    write_batch(writer, batch);
    return json_response(status, std::move(body));
}

// The batch as it was when it was accepted: the 202 says the same however fast the engine is, and
// the repetition of a submission gets the same answer as the first.
store::BatchRow as_accepted(store::BatchRow batch) {
    batch.status = engine::BatchStatus::queued;
    const std::int64_t total = batch.counts.total;
    batch.counts = {};
    batch.counts.total = batch.counts.pending = total;
    batch.started_at.reset();
    batch.completed_at.reset();
    batch.summary.clear();
    return batch;
}

// Streams the body into the engine; ends with the 202 or the refusal.
class SubmissionSink final : public BodySink {
  public:
    SubmissionSink(ApiCall& call, std::unique_ptr<Engine::Submission> submission)
        : services_(call.services), tenant_(call.tenant()), submission_(std::move(submission)) {}

    std::optional<HttpResponse> feed(std::string_view piece) override {
        auto fed = submission_->feed(piece);
        if (fed) return std::nullopt;
        return refusal(fed.error());
    }

    HttpResponse finish() override {
        auto receipt = submission_->finish();
        if (!receipt) return refusal(receipt.error());
        auto batch = services_.engine.find(tenant_, receipt->batch);
        if (!batch) return refusal(batch.error());
        services_.log.write(LogLevel::info, receipt->replayed ? "batch_replayed" : "batch_accepted",
                            {{"batch", receipt->batch.text()},
                             {"products", batch->counts.total},
                             {"faults", static_cast<std::int64_t>(receipt->report.faults)}});
        HttpResponse response = batch_response(202, as_accepted(*std::move(batch)));
        response.fields.push_back({"Location", "/v1/batches/" + receipt->batch.text()});
        if (receipt->replayed) response.fields.push_back({"Idempotent-Replayed", "true"});
        return response;
    }

  private:
    HttpResponse refusal(const Error& error) {
        if (http_status_of(error.code) == 500)
            services_.log.write(LogLevel::error, "submission_failed",
                                {{"code", to_string(error.code)}, {"message", error.message}});
        if (error.code == ErrorCode::quota_exceeded) return over_quota(services_, tenant_, error);
        const engine::IntakeReport& report = submission_->report();
        if (report.first_faults.empty()) return problem(error);
        return problem_with(error, faults_member(report));
    }

    ApiServices& services_;
    TenantId tenant_;
    std::unique_ptr<Engine::Submission> submission_;
};

// The same road without its end: 200 with what was understood, and with what would be refused.
class RehearsalSink final : public BodySink {
  public:
    explicit RehearsalSink(std::unique_ptr<Engine::Submission> submission, InputFormat format)
        : submission_(std::move(submission)), format_(format) {}

    std::optional<HttpResponse> feed(std::string_view piece) override {
        if (auto fed = submission_->feed(piece); !fed) return report(fed.error());
        return std::nullopt;
    }
    HttpResponse finish() override {
        const auto receipt = submission_->finish();
        return report(receipt ? std::nullopt : std::optional(receipt.error()));
    }

  private:
    HttpResponse report(const std::optional<Error>& refusal) const {
        // What is wrong with the server is no property of the manifest.
        if (refusal && http_status_of(refusal->code) >= 500) return problem(*refusal);
        std::string body;
        JsonWriter writer(body);
        write_dry_run(writer, submission_->report(), format_, refusal);
        return json_response(200, std::move(body));
    }

    std::unique_ptr<Engine::Submission> submission_;
    InputFormat format_;
};

void write_list(JsonWriter& writer, std::string_view text) {
    writer.begin_array();
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        if (comma > 0) writer.string(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    writer.end_array();
}

// A share in a query: "5%" stays text, "0.05" becomes the number that the option wants.
void write_share(JsonWriter& writer, const std::string& text) {
    const bool plain = !text.empty() && text.size() <= 12 && text.front() != '.' &&
                       text.back() != '.' && std::count(text.begin(), text.end(), '.') <= 1 &&
                       text.find_first_not_of("0123456789.") == std::string::npos &&
                       (text.front() != '0' || text.size() == 1 || text[1] == '.');
    if (plain)
        writer.raw(text);
    else
        writer.string(text);
}

// Options given as query parameters, in the JSON form that the engine reads and checks.
Result<engine::BatchOptions> options_of(const Query& query) {
    const auto allowed = query.only({"collection_id", "metadata", "analyzers", "freight", "premium",
                                     "bid", "target_roi", "as_of", "money_unit", "on_invalid", "ci",
                                     "dry_run", "sheet", "columns"});
    if (!allowed) return allowed.error();
    std::string json;
    JsonWriter writer(json);
    writer.begin_object();
    for (const char* name : {"collection_id", "as_of", "money_unit", "on_invalid", "ci"})
        if (const std::string* value = query.find(name)) writer.member(name, *value);
    if (const std::string* value = query.find("analyzers")) {
        writer.key("analyzers");
        write_list(writer, *value);
    }
    writer.key("lot").begin_object();
    for (const char* name : {"freight", "bid"})
        if (const std::string* value = query.find(name)) writer.member(name, *value);
    for (const char* name : {"premium", "target_roi"}) {
        if (const std::string* value = query.find(name)) {
            writer.key(name);
            write_share(writer, *value);
        }
    }
    writer.end_object();
    if (const std::string* metadata = query.find("metadata")) {
        if (metadata->empty() || metadata->front() != '{')
            return fail(ErrorCode::invalid_argument, "must be a JSON object", "metadata");
        writer.key("metadata").raw(*metadata);
    }
    writer.end_object();
    return engine::parse_batch_options(json);
}

Result<engine::SubmitRequest> submit_request(const ApiCall& call) {
    engine::SubmitRequest request;
    request.tenant = call.tenant();
    const std::string* type = call.request.field("content-type");
    const auto format = type != nullptr ? engine::format_of_content_type(*type) : std::nullopt;
    if (!format)
        return fail(ErrorCode::unsupported_media, "the content type is not one that is read",
                    "Content-Type",
                    "send application/json, application/x-ndjson, text/csv, or application/"
                    "vnd.openxmlformats-officedocument.spreadsheetml.sheet for an Excel workbook");
    request.intake.format = *format;
    if (const std::string* encoding = call.request.field("content-encoding")) {
        request.intake.gzip = equal_ignoring_case(*encoding, "gzip");
        if (!request.intake.gzip && !equal_ignoring_case(*encoding, "identity"))
            return fail(ErrorCode::unsupported_media,
                        "the content encoding is not one that is read", "Content-Encoding",
                        "send gzip or none");
    }
    const std::size_t bytes_max = *format == InputFormat::json && !request.intake.gzip
                                      ? limits::json_document_bytes_max
                                      : limits::body_bytes_max;
    request.intake.bytes_max = bytes_max;
    if (call.request.content_length.value_or(0) > bytes_max)
        return fail(
            ErrorCode::payload_too_large,
            "the body is larger than " + std::to_string(bytes_max / limits::mebibyte) + " MiB",
            "Content-Length", "send NDJSON or CSV, or several batches");
    auto options = options_of(call.query);
    if (!options) return std::move(options).error();
    request.intake.batch = *std::move(options);
    auto columns = call.query.columns();
    if (!columns) return std::move(columns).error();
    request.intake.columns = *std::move(columns);
    request.intake.sheet = call.query.text("sheet").value_or("");
    auto key = idempotency_key_of(call.request);
    if (!key) return std::move(key).error();
    request.idempotency_key = *std::move(key);
    return request;
}

}  // namespace

Result<std::unique_ptr<BodySink>> begin_submission(ApiCall& call) {
    auto request = submit_request(call);
    if (!request) return std::move(request).error();
    const auto dry_run = call.query.boolean("dry_run", false);
    if (!dry_run) return dry_run.error();
    const InputFormat format = request->intake.format;
    auto submission = *dry_run ? call.services.engine.rehearse(*std::move(request))
                               : call.services.engine.submit(*std::move(request));
    if (!submission) return std::move(submission).error();
    if (*dry_run)
        return std::unique_ptr<BodySink>(
            std::make_unique<RehearsalSink>(*std::move(submission), format));
    return std::unique_ptr<BodySink>(
        std::make_unique<SubmissionSink>(call, *std::move(submission)));
}

Answer list_batches(ApiCall& call) {
    const auto allowed = call.query.only({"limit", "after", "status", "collection_id"});
    if (!allowed) return allowed.error();
    const auto limit = call.query.limit();
    if (!limit) return limit.error();
    store::BatchQuery query;
    query.tenant = call.tenant();
    query.limit = *limit + 1;
    if (auto after = call.query.text("after")) query.after = BatchId(*std::move(after));
    if (const std::string* status = call.query.find("status")) {
        query.status = engine::parse_batch_status(*status);
        if (!query.status)
            return fail(ErrorCode::invalid_argument, "is no status of a batch", "status",
                        "use queued, in_progress, completed, failed, cancelling or cancelled");
    }
    query.collection_id = call.query.text("collection_id");
    auto db = call.services.database.read();
    if (!db) return std::move(db).error();
    auto batches = store::list_batches(**db, query);
    if (!batches) return std::move(batches).error();
    const bool has_more = static_cast<std::int64_t>(batches->size()) > *limit;
    if (has_more) batches->pop_back();
    ListWriter list;
    for (const store::BatchRow& batch : *batches)
        write_batch(list.item(), batch);
    return list.finish(has_more, batches->empty() ? "" : batches->back().id.text());
}

Answer get_batch(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    auto batch = call.services.engine.find(call.tenant(), BatchId(call.captures[0]));
    if (!batch) return std::move(batch).error();
    return batch_response(200, *batch);
}

Answer cancel_batch(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    auto batch = call.services.engine.cancel(call.tenant(), BatchId(call.captures[0]));
    if (!batch) return std::move(batch).error();
    call.services.log.write(LogLevel::info, "batch_cancelled", {{"batch", batch->id.text()}});
    return batch_response(200, *batch);
}

Answer delete_batch(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const auto removed = call.services.engine.remove(call.tenant(), BatchId(call.captures[0]));
    if (!removed) return removed.error();
    call.services.log.write(LogLevel::info, "batch_deleted", {{"batch", call.captures[0]}});
    call.services.retention.wake();
    HttpResponse response;
    response.status = 204;
    return response;
}

}  // namespace assay::tools::resources
