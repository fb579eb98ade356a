// What does a body cost? A batch of 100 products in full, the same thin, and a summary.
// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>

#include <boost/json.hpp>

#include "bench/support/allocations.hpp"
#include "engine/event/batch_facts.hpp"
#include "notify/profile/render.hpp"

namespace assay::notify {
namespace {

constexpr std::int64_t products = 100;

engine::BatchFacts facts_of(std::string_view status) {
    engine::BatchFacts facts;
    facts.batch = BatchId("6f1c8f0a-3c2e-4b47-9f0e-2a9f3c1d5e77");
    facts.status = status;
    facts.total = products;
    facts.successful = status == "completed" ? products : products / 2;
    facts.cancelled = facts.total - facts.successful;
    facts.started_at = *parse_time("2026-05-25T10:29:58.250Z");
    facts.completed_at = *parse_time("2026-05-25T10:30:00Z");
    facts.by_verdict = {{"buy", 40}, {"review", 10}};
    return facts;
}

engine::Event event_of(const engine::BatchFacts& facts) {
    engine::Event event;
    event.id = EventId("evt_018f3b8e-6b7a-7c3d-9d53-0a4f7f1c2b11");
    event.type = "batch." + facts.status;
    event.created_at = *parse_time("2026-05-25T10:30:00Z");
    event.data = engine::to_json(facts);
    return event;
}

// Lines of about 2.3 KB, as an analysis with prices, one channel and evidence has.
std::string lines_of(const engine::BatchFacts& facts) {
    std::string lines;
    const std::string filler(2'100, 'x');
    for (std::int64_t i = 0; i < facts.total; ++i) {
        const bool done = i < facts.successful;
        lines += R"({"product_id":")" + std::to_string(i) +
                 R"(","product_data":{"title":"Nintendo Switch Pro Controller","quantity":1},)";
        lines +=
            done
                ? R"("status":"completed","progress":100,"result":{"schema_version":1,"x":")" +
                      filler + R"("},"error":null})"
                : std::string(R"("status":"cancelled","progress":100,"result":null,"error":null})");
        lines += '\n';
    }
    return lines;
}

bool is_right(const Result<Rendered>& rendered, bool thin) {
    if (!rendered || rendered->thin() != thin) return false;
    boost::system::error_code error;
    const auto body = boost::json::parse(rendered->body, error);
    if (error) return false;
    const auto* list = body.at("data").as_object().if_contains("products");
    if (list == nullptr) return !thin;
    for (const auto& product : list->as_array()) {
        const auto& status = product.at("status").as_string();
        if (status != "completed" && status != "failed") return false;
    }
    return list->as_array().size() == (thin ? 0 : static_cast<std::size_t>(products));
}

void run(benchmark::State& state, std::string_view profile, std::string_view type,
         std::string_view status, PayloadRule payload) {
    const engine::BatchFacts facts = facts_of(status);
    const engine::Event event = event_of(facts);
    const std::string lines = lines_of(facts);
    RenderOptions options;
    options.payload = payload;
    options.results_url = "https://assay.example/v1/results/abc";
    // The copy stands for the read from the store.
    const ProductsSource source = [&](std::size_t) -> Result<std::string> { return lines; };
    const Profile& known = *find_profile(profile);
    const auto once = [&] { return render(known, type, event.id.text(), event, options, source); };
    const bool thin = payload == PayloadRule::thin;
    if (!is_right(once(), thin)) {
        state.SkipWithError("wrong body");
        return;
    }
    const std::size_t bytes = once()->body.size();
    const std::uint64_t before = bench::allocations();
    for (auto _ : state)
        benchmark::DoNotOptimize(once());
    const auto iterations = static_cast<double>(state.iterations());
    state.counters["allocations"] = static_cast<double>(bench::allocations() - before) / iterations;
    state.counters["body_bytes"] = static_cast<double>(bytes);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
    state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(run, full, "resell-scan", "analysis.completed", "completed",
                  PayloadRule::automatic);
BENCHMARK_CAPTURE(run, full_half_cancelled, "resell-scan", "analysis.completed", "cancelled",
                  PayloadRule::automatic);
BENCHMARK_CAPTURE(run, thin, "resell-scan", "analysis.completed", "completed", PayloadRule::thin);
BENCHMARK_CAPTURE(run, summary, "standard-webhooks", "batch.completed", "completed",
                  PayloadRule::automatic);

}  // namespace
}  // namespace assay::notify

BENCHMARK_MAIN();
