#pragma once

#include <stdexcept>
#include <type_traits>

#include "redfield/base/types.hpp"

namespace redfield::hierarchy {

/// Levels up to which loops over them are unrolled, and a right-hand side is taken by FewLevels.
constexpr Index few_levels = 8;

/// body(N) with N as a constant where it is small: loops over a few levels are unrolled.
template <class Body>
void with_size(Index n, const Body& body) {
    switch (n) {
        case 2:
            return body(std::integral_constant<Index, 2>());
        case 3:
            return body(std::integral_constant<Index, 3>());
        case 4:
            return body(std::integral_constant<Index, 4>());
        case 5:
            return body(std::integral_constant<Index, 5>());
        case 6:
            return body(std::integral_constant<Index, 6>());
        case 7:
            return body(std::integral_constant<Index, 7>());
        case 8:
            return body(std::integral_constant<Index, 8>());
        default:
            return body(n);
    }
}

/// make(N) with N a constant; std::logic_error where N is not small.
template <class Make>
auto with_small_size(Index n, const Make& make) {
    decltype(make(std::integral_constant<Index, 2>())) out;
    with_size(n, [&](auto size) {
        if constexpr (std::is_same_v<decltype(size), Index>) {
            throw std::logic_error("hierarchy: not of few levels");
        } else {
            out = make(size);
        }
    });
    return out;
}

}  // namespace redfield::hierarchy
