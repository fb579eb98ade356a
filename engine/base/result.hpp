// Result<T>: a value or an Error, with the member names of std::expected.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "engine/base/error.hpp"

namespace assay {

// Either a T or the Error that kept us from it. Reading the side that is not there is a bug of ours
// and ends the program. Not thread-safe beyond what T is.
template <class T>
class [[nodiscard]] Result {
  public:
    using value_type = T;

    Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}      // NOLINT
    Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

    bool has_value() const noexcept { return content_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    T& value() & { return *std::get_if<0>(checked()); }
    const T& value() const& { return *std::get_if<0>(checked()); }
    T&& value() && { return std::move(*std::get_if<0>(checked())); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    Error& error() & { return std::get<1>(content_); }
    const Error& error() const& { return std::get<1>(content_); }
    Error&& error() && { return std::get<1>(std::move(content_)); }

    T value_or(T fallback) const& { return has_value() ? value() : std::move(fallback); }

  private:
    std::variant<T, Error>* checked() {
        if (!has_value()) std::abort();
        return &content_;
    }
    const std::variant<T, Error>* checked() const {
        if (!has_value()) std::abort();
        return &content_;
    }

    std::variant<T, Error> content_;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    using value_type = void;

    Result() = default;
    Result(Error error) : error_(std::move(error)) {}  // NOLINT

    bool has_value() const noexcept { return !error_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }

    Error& error() & { return error_.value(); }
    const Error& error() const& { return error_.value(); }
    Error&& error() && { return std::move(error_).value(); }

  private:
    std::optional<Error> error_;
};

// fail(ErrorCode::not_found, "no batch has this id"): what a function returns when it cannot go on.
inline Error fail(ErrorCode code, std::string message, std::string field = {},
                  std::string remedy = {}) {
    return Error{code, std::move(message), std::move(field), std::nullopt, std::move(remedy)};
}

}  // namespace assay
