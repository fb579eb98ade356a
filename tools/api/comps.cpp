// /v1/comps: the tenant's own sold prices: uploaded, looked at, removed.
// SPDX-License-Identifier: MIT
#include <utility>

#include "engine/base/json_writer.hpp"
#include "engine/comps_shelf.hpp"
#include "tools/api/api_json.hpp"
#include "tools/api/problem.hpp"
#include "tools/api/request_rules.hpp"
#include "tools/api/resources.hpp"

namespace assay::tools::resources {
namespace {

using engine::CompsShelf;
using engine::InputFormat;

HttpResponse comps_response(const CompsShelf::State& state) {
    std::string body;
    JsonWriter writer(body);
    writer.begin_object().member("object", "comps").member("version", state.version);
    writer.member("created_at", to_rfc3339(state.created_at));
    writer.end_object();
    body.back() = ',';  // the stored facts go on where this object would end
    body += std::string_view(state.facts).substr(1);
    return json_response(200, std::move(body));
}

// Streams the body into a book; ends with its facts or the refusal.
class CompsSink final : public BodySink {
  public:
    CompsSink(ApiCall& call, std::unique_ptr<CompsShelf::Upload> upload)
        : log_(call.services.log), upload_(std::move(upload)) {}

    std::optional<HttpResponse> feed(std::string_view piece) override {
        const auto fed = upload_->feed(piece);
        if (fed) return std::nullopt;
        return refusal(fed.error());
    }

    HttpResponse finish() override {
        const auto state = upload_->finish();
        if (!state) return refusal(state.error());
        const engine::SoldReport& report = upload_->report();
        log_.write(LogLevel::info, "comps_stored",
                   {{"version", state->version},
                    {"rows", static_cast<std::int64_t>(report.rows)},
                    {"skipped", static_cast<std::int64_t>(report.skipped)}});
        return comps_response(*state);
    }

  private:
    HttpResponse refusal(const Error& error) {
        if (http_status_of(error.code) == 500)
            log_.write(LogLevel::error, "comps_failed",
                       {{"code", to_string(error.code)}, {"message", error.message}});
        return problem(error);
    }

    Log& log_;
    std::unique_ptr<CompsShelf::Upload> upload_;
};

Result<engine::SoldReadOptions> read_options(const ApiCall& call) {
    const auto allowed = call.query.only({"currency", "money_unit", "columns"});
    if (!allowed) return allowed.error();
    engine::SoldReadOptions options;
    const std::string* type = call.request.field("content-type");
    const auto format = type != nullptr ? engine::format_of_content_type(*type) : std::nullopt;
    if (!format || *format == InputFormat::json)
        return fail(ErrorCode::unsupported_media, "the content type is not one that is read here",
                    "Content-Type", "send text/csv or application/x-ndjson");
    options.format = *format;
    if (const std::string* encoding = call.request.field("content-encoding")) {
        options.gzip = equal_ignoring_case(*encoding, "gzip");
        if (!options.gzip && !equal_ignoring_case(*encoding, "identity"))
            return fail(ErrorCode::unsupported_media,
                        "the content encoding is not one that is read", "Content-Encoding",
                        "send gzip or none");
    }
    if (call.request.content_length.value_or(0) > options.bytes_max)
        return fail(ErrorCode::payload_too_large,
                    "the body is larger than " +
                        std::to_string(options.bytes_max / limits::mebibyte) + " MiB",
                    "Content-Length", "leave out the oldest sales, or send it gzipped");
    if (const std::string* code = call.query.find("currency")) {
        const auto currency = Currency::parse(*code);
        if (!currency)
            return fail(ErrorCode::invalid_argument, "is not an ISO 4217 currency", "currency",
                        "write a code such as EUR");
        options.currency = *currency;
    }
    if (const std::string* unit = call.query.find("money_unit")) {
        if (*unit != "minor" && *unit != "major")
            return fail(ErrorCode::invalid_argument, "is neither minor nor major", "money_unit");
        options.money_unit = *unit == "major" ? engine::MoneyUnit::major : engine::MoneyUnit::minor;
    }
    auto columns = call.query.columns();
    if (!columns) return std::move(columns).error();
    options.columns = *std::move(columns);
    return options;
}

}  // namespace

Result<std::unique_ptr<BodySink>> begin_comps_upload(ApiCall& call) {
    auto options = read_options(call);
    if (!options) return std::move(options).error();
    auto upload = call.services.engine.comps().begin(call.tenant(), *std::move(options));
    if (!upload) return std::move(upload).error();
    return std::unique_ptr<BodySink>(std::make_unique<CompsSink>(call, *std::move(upload)));
}

Answer get_comps(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const auto state = call.services.engine.comps().show(call.tenant());
    if (!state) return state.error();
    return comps_response(*state);
}

Answer delete_comps(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const auto removed = call.services.engine.comps().remove(call.tenant());
    if (!removed) return removed.error();
    call.services.log.write(LogLevel::info, "comps_removed", {});
    HttpResponse response;
    response.status = 204;
    return response;
}

}  // namespace assay::tools::resources
