// The verb of this folder: bytes of sold prices in, a comps book out, and what was found on the
// way.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/analysis/title_vocabulary.hpp"
#include "engine/batch/sold_prices.hpp"
#include "engine/comps/comps_book.hpp"

namespace assay::engine {

struct LoadedComps {
    std::shared_ptr<const CompsBook> book;
    SoldReport report;
    std::uint64_t duplicates = 0;  // sales that the file holds more than once; each counts once
};

// {"hash","rows","products","currencies","undated","oldest","newest","bytes","rows_read","skipped",
// "duplicates","faults","columns",...}: a book and its reading as one JSON object.
std::string to_json(const LoadedComps& comps);
std::string hash_text(const CompsBook& book);  // "xxh3:" and 16 digits

// Feed any split of the bytes, then finish() once. Errors: those of SoldPrices. One thread.
class CompsReader {
  public:
    // Is shown each row that was read, also one that the book then has no use for.
    using Watch = std::function<void(const SoldRecord&)>;

    // `vocabulary`: what the words of titles mean; outlives the reader.
    explicit CompsReader(SoldReadOptions options, Watch watch = {},
                         const TitleVocabulary& vocabulary = shipped_vocabulary());
    ~CompsReader();

    Result<void> feed(std::string_view bytes);
    // Sorts: 5 million rows take a few seconds.
    Result<LoadedComps> finish();
    const SoldReport& report() const noexcept;  // also after a refusal

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::engine
