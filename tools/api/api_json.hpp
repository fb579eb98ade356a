// The API's objects as JSON. Private to the module.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "engine/base/json_writer.hpp"
#include "engine/batch_store/batch_store.hpp"
#include "engine/engine.hpp"
#include "tools/api/http_message.hpp"

namespace assay::tools {

HttpResponse json_response(int status, std::string body);

// The batch object of the API, keys in its published order.
void write_batch(JsonWriter& writer, const engine::batch_store::BatchRow& batch);
void write_counts(JsonWriter& writer, const engine::ProductCounts& counts);
void write_time(JsonWriter& writer, std::string_view name, const std::optional<TimePoint>& time);

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

}  // namespace assay::tools
