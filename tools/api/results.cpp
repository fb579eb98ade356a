// /v1/batches/{id}/results: NDJSON as a stream, or a JSON page; with a key or a results link.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <utility>

#include "tools/api/api_json.hpp"
#include "tools/api/resources.hpp"

namespace assay::tools::resources {
namespace {

namespace store = engine::batch_store;

constexpr std::int64_t products_per_piece = 256;  // about half a megabyte at 8 comparables each

// The status of a result line. Product data of the user's own stands before it, so the line is
// parsed and not searched.
bool has_status(std::string_view line, std::string_view status) {
    boost::system::error_code error;
    const auto value = boost::json::parse({line.data(), line.size()}, error);
    if (error || !value.is_object()) return false;
    const auto* member = value.get_object().if_contains("status");
    return member != nullptr && member->is_string() &&
           std::string_view(member->get_string().data(), member->get_string().size()) == status;
}

template <class Take>
void for_each_line(std::string_view lines, Take&& take) {
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find('\n'), lines.size() - 1);
        take(lines.substr(0, end + 1));
        lines.remove_prefix(end + 1);
    }
}

// Reads the results in pieces; no read transaction is held while a piece is being sent.
class ResultsStream final : public BodySource {
  public:
    ResultsStream(ApiServices& services, BatchId batch, std::int64_t from, std::int64_t end,
                  std::string status)
        : services_(services),
          batch_(std::move(batch)),
          next_(from),
          end_(end),
          status_(std::move(status)) {}

    Piece next() override {
        while (next_ < end_) {
            auto page = read();
            if (!page) {
                services_.log.write(LogLevel::error, "results_broken",
                                    {{"batch", batch_.text()},
                                     {"code", to_string(page.error().code)},
                                     {"message", page.error().message}});
                return {{}, State::broken};
            }
            if (page->next_index <= next_) break;  // the rest is not there yet
            next_ = page->next_index;
            std::string lines = status_.empty() ? std::move(page->lines) : filtered(page->lines);
            if (!lines.empty()) return {std::move(lines), State::more};
        }
        return {{}, State::ended};
    }

  private:
    Result<store::ResultPage> read() {
        auto db = services_.database.read();
        if (!db) return std::move(db).error();
        return store::read_results(**db, batch_, next_, std::min(products_per_piece, end_ - next_));
    }
    std::string filtered(std::string_view lines) const {
        std::string kept;
        for_each_line(lines, [&](std::string_view line) {
            if (has_status(line, status_)) kept += line;
        });
        return kept;
    }

    ApiServices& services_;
    BatchId batch_;
    std::int64_t next_;
    std::int64_t end_;
    std::string status_;
};

// The tenant whose link this is; nullopt when the token opens nothing.
std::optional<TenantId> tenant_of_link(ApiCall& call, const BatchId& batch) {
    const std::string* token = call.query.find("token");
    for (const TenantId& tenant : call.services.keys.tenants())
        if (call.services.links.check(tenant, batch, *token)) return tenant;
    return std::nullopt;
}

enum class Form : std::uint8_t { lines, page };

// Lines unless only JSON is asked for. Weights (;q=) are not looked at: two forms need none.
Result<Form> form_of(const ApiCall& call) {
    const std::string* accept = call.request.field("accept");
    if (accept == nullptr) return Form::lines;
    const auto asks_for = [&](std::string_view type) {
        return accept->find(type) != std::string::npos;
    };
    if (asks_for("ndjson") || asks_for("jsonl")) return Form::lines;
    if (asks_for("application/json")) return Form::page;
    if (asks_for("*/*") || asks_for("application/*")) return Form::lines;
    return fail(ErrorCode::not_acceptable, "results come as NDJSON or JSON", "Accept",
                "ask for application/x-ndjson or application/json");
}

struct ResultsQuery {
    std::int64_t from = 0;
    std::int64_t limit = 0;  // 0: all
    std::string status;
};

Result<ResultsQuery> query_of(const ApiCall& call, std::int64_t total, bool page) {
    const auto allowed = call.query.only({"limit", "after", "status", "token"});
    if (!allowed) return allowed.error();
    ResultsQuery query;
    const auto after = call.query.integer("after", -1, -1, total);
    if (!after) return after.error();
    query.from = *after + 1;
    const auto limit = page ? call.query.limit() : call.query.integer("limit", 0, 1, total + 1);
    if (!limit) return limit.error();
    query.limit = *limit;
    query.status = call.query.text("status").value_or("");
    if (!query.status.empty() && query.status != "completed" && query.status != "failed" &&
        query.status != "cancelled")
        return fail(ErrorCode::invalid_argument, "is no status of a product's result", "status",
                    "use completed, failed or cancelled");
    return query;
}

// A page: up to `limit` results that match, and the index of the last product that was looked at.
Answer results_page(ApiCall& call, const store::BatchRow& batch, const ResultsQuery& query) {
    ListWriter list;
    std::int64_t next = query.from;
    std::int64_t taken = 0;
    while (taken < query.limit && next < batch.counts.total) {
        auto db = call.services.database.read();
        if (!db) return std::move(db).error();
        auto page = store::read_results(**db, batch.id, next, query.limit - taken);
        if (!page) return std::move(page).error();
        if (page->next_index <= next) break;
        next = page->next_index;
        for_each_line(page->lines, [&](std::string_view line) {
            if (!query.status.empty() && !has_status(line, query.status)) return;
            if (line.ends_with('\n')) line.remove_suffix(1);
            list.item().raw(line);
            ++taken;
        });
    }
    return list.finish(next < batch.counts.total, std::to_string(next - 1));
}

}  // namespace

Answer get_results(ApiCall& call) {
    const BatchId id(call.captures[0]);
    TenantId tenant;
    if (call.key) {
        tenant = call.tenant();
    } else {
        const auto owner = tenant_of_link(call, id);
        if (!owner)
            return fail(ErrorCode::unauthorized, "the results link is not valid", "token",
                        "use the results_url of the webhook as it is, or an API key");
        tenant = *owner;
    }
    auto batch = call.services.engine.find(tenant, id);
    if (!batch) return std::move(batch).error();
    if (batch->archived_at)
        return fail(ErrorCode::archived,
                    "the results of this batch are no longer kept, since " +
                        to_rfc3339(*batch->archived_at),
                    {}, "submit the batch again");
    const auto form = form_of(call);
    if (!form) return form.error();
    const bool page = *form == Form::page;
    auto query = query_of(call, batch->counts.total, page);
    if (!query) return std::move(query).error();
    if (page) return results_page(call, *batch, *query);
    const std::int64_t total = batch->counts.total;
    const std::int64_t end = query->limit > 0 ? std::min(total, query->from + query->limit) : total;
    HttpResponse response;
    response.fields = {{"Content-Type", "application/x-ndjson"},
                       {"Cache-Control", "no-store"},
                       {"X-Content-Type-Options", "nosniff"}};
    response.stream = std::make_unique<ResultsStream>(call.services, id, query->from, end,
                                                      std::move(query->status));
    return response;
}

}  // namespace assay::tools::resources
