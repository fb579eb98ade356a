// What a graph body does with one chunk: parse each product, run the plan, append result lines.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cassert>
#include <cstddef>
#include <exception>
#include <limits>

#include "engine/base/utf8.hpp"
#include "engine/graph/batch_graph.hpp"

namespace assay::engine {

void CostSum::add(const Currency& of, MinorUnits unit_cost, std::int64_t quantity) noexcept {
    merge({static_cast<MinorUnits>(std::min(Int128{unit_cost} * quantity,
                                            Int128{std::numeric_limits<MinorUnits>::max()})),
           1, of, false});
}

void CostSum::merge(const CostSum& other) noexcept {
    if (other.lines == 0) return;
    mixed = mixed || other.mixed || (lines > 0 && currency != other.currency);
    if (lines == 0) currency = other.currency;
    lines += other.lines;
    if (__builtin_add_overflow(total, other.total, &total)) {
        total = std::numeric_limits<MinorUnits>::max();
    }
}

void append_cost_members(JsonWriter& json, const CostSum& cost) {
    if (cost.lines == 0 || cost.mixed) return;
    json.member("total_cost", cost.total).member("products_with_cost", cost.lines);
}

namespace {

void add_digest(ChunkDone& done, std::uint64_t index, const Product& product,
                const ProductOutcome& outcome, const Analysis& analysis) {
    ProductDigest& digest = done.digests.emplace_back();
    digest.index = index;
    digest.title = whole_characters(product.title, digest_title_bytes);
    digest.decision = outcome.decision;
    digest.currency = product.currency;
    digest.unit_cost = product.unit_cost;
    if (analysis.profit.used == 0) return;
    const ChannelProfit& best = analysis.profit.channels[analysis.profit.best];
    digest.list_price = best.list_price;
    digest.profit_expected = best.profit_expected;
}

// The product as it came, for a line that failed before it was understood; only an object may be
// echoed.
std::string_view echo(const ChunkItem& item) {
    return item.json.starts_with('{') ? item.json : std::string_view{};
}

void count_failed(ChunkDone& done) {
    done.failed_at.push_back(done.completed + done.failed);
    ++done.failed;
}

// The reader finds the product by its line; one of a JSON document by its place among the results.
void add_failed(const ChunkWork& work, ChunkDone& done, const ChunkItem& item,
                std::string_view product_data, Error fault, std::string_view stage) {
    if (!fault.line && item.line != 0) fault.line = item.line;
    append_failed_line(done.results, item.product_id, product_data, fault, stage);
    count_failed(done);
    if (!work.digest) return;
    ProductDigest& digest = done.digests.emplace_back();
    digest.index = item.index;
    digest.error = fault.line
                       ? describe(fault)
                       : "product " + std::to_string(item.index + 1) + ": " + describe(fault);
}

void add_analysed(ChunkDone& done, const ProductOutcome& outcome) {
    if (!outcome.completed) {
        count_failed(done);
        return;
    }
    ++done.completed;
    const auto decision = static_cast<std::size_t>(outcome.decision);
    assert(decision < done.by_decision.size());
    ++done.by_decision[decision];
    done.lot.push_back(outcome.lot);
}

void analyse_item(const ChunkWork& work, const ChunkItem& item, ProductParser& parser,
                  Product& product, Workspace& workspace, ChunkDone& done) {
    if (item.fault) {
        add_failed(work, done, item, echo(item), *item.fault, "intake");
        return;
    }
    if (const auto fault = parser.parse(item.json, item.product_id, work.money_unit, product)) {
        const bool understood = product.product_data.starts_with('{');
        add_failed(work, done, item, understood ? product.product_data : echo(item), *fault,
                   "intake");
        return;
    }
    const ProductOutcome outcome = work.plan->run(product, item.index, item.json, work.as_of,
                                                  workspace, done.results, work.groups.get());
    add_analysed(done, outcome);
    if (product.unit_cost) done.cost.add(product.currency, *product.unit_cost, product.quantity);
    if (work.digest) add_digest(done, item.index, product, outcome, workspace.analysis);
}

// The first pass. What cannot be read has no features; the second pass says why. A product whose
// comparables cannot be read has some: another row may well be a copy of it.
ChunkDone read_features(const ChunkWork& work, ProductParser& parser, Product& product,
                        Workspace& workspace) {
    ChunkDone done;
    done.token = work.token;
    done.first_index = work.first_index;
    const auto read = for_each_item(work.input, [&](const ChunkItem& item) {
        if (item.fault) return;
        try {
            if (parser.parse(item.json, item.product_id, work.money_unit, product,
                             ParseExtent::identity))
                return;
            work.plan->read_features(product, item.index, workspace, done.features);
        } catch (const std::exception&) {
            return;  // it is not compared; the second pass meets the same and says so
        }
    });
    done.damaged = !read.has_value();
    // Kept until the whole batch is in: without the room that growing left.
    done.features.rows.shrink_to_fit();
    done.features.tokens.shrink_to_fit();
    done.features.texts.shrink_to_fit();
    return done;
}

}  // namespace

ChunkDone analyse_chunk(const ChunkWork& work, ProductParser& parser, Product& product,
                        Workspace& workspace) {
    assert(work.plan != nullptr);
    if (work.features) return read_features(work, parser, product, workspace);
    ChunkDone done;
    done.token = work.token;
    done.first_index = work.first_index;
    done.results.reserve(work.input.size() / 2 * 5);  // what products with comparables come to
    const auto read = for_each_item(work.input, [&](const ChunkItem& item) {
        if (done.cancelled) return;
        if (work.cancelled && work.cancelled->load(std::memory_order_relaxed)) {
            done.cancelled = true;  // a flag on its own: nothing is read because of it
            return;
        }
        const std::size_t before = done.results.size();
        [[maybe_unused]] const std::int64_t settled = done.completed + done.failed;
        try {
            analyse_item(work, item, parser, product, workspace, done);
        } catch (const std::exception& surprise) {
            // Ours to mend, but never the other products' loss: a throw would cancel the graph.
            assert(done.completed + done.failed == settled);
            done.results.resize(before);
            add_failed(work, done, item, echo(item),
                       fail(ErrorCode::internal,
                            std::string("the analysis failed unexpectedly: ") + surprise.what()),
                       "analysis");
        }
        assert(done.completed + done.failed == settled + 1);
    });
    done.damaged = !read.has_value();
    return done;
}

}  // namespace assay::engine
