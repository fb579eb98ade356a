// The API's objects as JSON. Private to the module.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "engine/base/json_writer.hpp"
#include "engine/batch_store/batch_store.hpp"
#include "engine/engine.hpp"
#include "tools/api/http_message.hpp"
#include "tools/api/query.hpp"

namespace assay::tools {

HttpResponse json_response(int status, std::string body);

// The batch object of the API, keys in its published order.
void write_batch(JsonWriter& writer, const engine::batch_store::BatchRow& batch);
void write_counts(JsonWriter& writer, const engine::ProductCounts& counts);
void write_time(JsonWriter& writer, std::string_view name, const std::optional<TimePoint>& time);

// An event as the log has it: what GET /v1/events lists, and what publishing answers.
void write_event(JsonWriter& writer, const engine::Event& event);

// The time of a parameter; nullopt where it is not given. Errors: invalid_argument, naming it.
Result<std::optional<TimePoint>> time_of(const Query& query, std::string_view name);

// {"object":"list","data":[ ... ],"has_more":...,"next":...}: begin, write the items, end.
class ListWriter {
  public:
    ListWriter();
    JsonWriter& item() { return writer_; }
    // `next`: what to pass as `after` for the next page; empty: null.
    HttpResponse finish(bool has_more, const std::string& next);

  private:
    std::string body_;
    JsonWriter writer_;
};

// One page of `all`, which is in the list's order, behind the item whose id is `after`. An item may
// go between two pages; its id is then refused, and the client begins again.
template <class Item, class Write>
Result<HttpResponse> list_page(const Query& query, const std::vector<Item>& all, Write&& write) {
    const auto limit = query.limit();
    if (!limit) return limit.error();
    auto from = all.begin();
    if (const std::string* after = query.find("after")) {
        from = std::find_if(all.begin(), all.end(),
                            [&](const Item& item) { return item.id.text() == *after; });
        if (from == all.end())
            return fail(ErrorCode::invalid_argument, "nothing in the list has this id", "after",
                        "use the `next` of the page before");
        ++from;
    }
    const auto count = std::min<std::ptrdiff_t>(all.end() - from, *limit);
    ListWriter list;
    for (auto it = from; it != from + count; ++it)
        write(list.item(), *it);
    return list.finish(from + count != all.end(),
                       count > 0 ? (from + count - 1)->id.text() : std::string());
}

}  // namespace assay::tools
