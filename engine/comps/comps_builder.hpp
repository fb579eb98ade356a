// Takes sales one by one and makes the book of them. Private to engine/comps.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/analysis/title_vocabulary.hpp"
#include "engine/batch/sold_prices.hpp"
#include "engine/comps/comps_book.hpp"
#include "engine/comps/comps_keys.hpp"

namespace assay::engine {

// Memory: about 100 bytes a row until finish(), 200 within. One thread.
class CompsBuilder {
  public:
    // `vocabulary`: what the words of titles mean; outlives the builder.
    explicit CompsBuilder(const TitleVocabulary& vocabulary) : vocabulary_(vocabulary) {}

    // Why the sale cannot be used; nullopt: it is in.
    std::optional<Error> add(const SoldRecord& record);

    // Of at least one row. The book is the same for any order of the same sales: rows stand by
    // product and date, then by everything else that they hold. Of sales of one product with the
    // same source and id the newest stays.
    std::shared_ptr<const CompsBook> finish();
    std::uint64_t duplicates() const noexcept { return duplicates_; }  // after finish()

  private:
    struct Pending {
        std::array<CompsKey, 4> keys{};  // the first is the product's; 0: none
        CompsRow row;
    };
    // A place in order: by product, then as before() says.
    struct Place {
        CompsKey product;
        std::uint32_t at;
    };

    std::optional<Error> fill(const SoldRecord& record, CompsRow& row);
    void settle_names(CompsTable& table);
    bool before(const Pending& a, const Pending& b) const noexcept;
    std::string_view id_of(const CompsRow& row) const noexcept;
    std::vector<Place> ordered();
    void drop_repeats(std::vector<Place>& order);
    void index(CompsTable& table, const std::vector<Place>& order) const;

    const TitleVocabulary& vocabulary_;
    std::deque<Pending> rows_;  // never moved while it grows
    std::string texts_ = std::string(1, '\0');
    std::map<std::string, std::uint16_t, std::less<>> sources_{{std::string(), 0}};
    std::vector<Currency> currencies_;
    Product product_;  // what identify() reads a record from
    Identity identity_;
    std::uint64_t duplicates_ = 0;
};

}  // namespace assay::engine
