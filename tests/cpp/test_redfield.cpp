#include <doctest/doctest.h>

#include "reference.hpp"

using namespace reference;

namespace {

const redfield::Bath weak = [](double w) { return one_sided_gamma(w + 0.5, 0.1); };
const redfield::Bath real_bath = [](double w) { return Complex(one_sided_gamma(w).real(), 0.0); };

void check_generator(const redfield::Generator& generator, const ComplexMatrix& h,
                     const std::vector<ComplexMatrix>& couplings,
                     const std::vector<redfield::Bath>& baths) {
    const ComplexMatrix x = random_matrix(h.rows(), 11);
    const ComplexMatrix expected = redfield_rhs(h, couplings, baths, x);
    for (const int threads : {1, 2}) CHECK((generator.apply(x, threads) - expected).norm() < 1e-11);
    // The eigenbasis path, which the integrators use, against the same sums.
    const ComplexMatrix rho = random_state(h.rows(), 12);
    redfield::linalg::Workspace ws(2);
    const RealMatrix packed = generator.eigensystem().to_eigenbasis(redfield::pack(rho), 1);
    RealMatrix change(h.rows(), h.rows());
    generator.apply(packed, change, ws);
    const ComplexMatrix out = redfield::unpack(generator.eigensystem().from_eigenbasis(change, 1));
    CHECK((out - redfield_rhs(h, couplings, baths, rho)).norm() < 1e-11);
}

}  // namespace

TEST_CASE("site projectors: complex and real systems, with and without Lamb shift") {
    for (const Index n : {1, 2, 5, 18})
        for (const bool real_h : {false, true})
            for (const bool real_gamma : {false, true}) {
                ComplexMatrix h = random_hermitian(n, 21);
                if (real_h) h.imag().setZero();
                const auto& b = real_gamma ? real_bath : bath;
                const redfield::Redfield equation{redfield::System{h, redfield::SiteProjectors{n}, b}};
                check_generator(equation, h, projectors(n), {b});
            }
}

TEST_CASE("site projectors on some sites, twice on one, with weights and different baths") {
    const ComplexMatrix h = random_hermitian(6, 22);
    RealVector weights(4);
    weights << 0.5, -1.5, 2.0, 0.0;
    const std::vector<Index> sites{4, 1, 1, 3};
    std::vector<ComplexMatrix> couplings;
    const auto unit = projectors(6);
    for (std::size_t j = 0; j < 4; ++j)
        couplings.push_back(weights[static_cast<Index>(j)] * unit[static_cast<std::size_t>(sites[j])]);
    const std::vector<redfield::Bath> baths{bath, weak, bath, real_bath};
    const redfield::Redfield equation{
        redfield::System{h, redfield::SiteProjectors(sites, weights), baths}};
    check_generator(equation, h, couplings, baths);
}

TEST_CASE("dense and sparse couplings, Hermitian or not, one bath or one each") {
    const ComplexMatrix h = random_hermitian(6, 23);
    const std::vector<ComplexMatrix> couplings{random_matrix(6, 31), random_hermitian(6, 32)};
    const redfield::Operators dense{couplings[0], couplings[1]};
    check_generator(redfield::Redfield{redfield::System{h, dense, bath}}, h, couplings, {bath});
    check_generator(redfield::Redfield{redfield::System{h, dense, {bath, weak}}}, h, couplings,
                    {bath, weak});

    // Enough nearly empty couplings that the sparse kernel is chosen.
    std::vector<ComplexMatrix> local;
    redfield::Operators sparse;
    for (Index j = 0; j < 6; ++j) {
        ComplexMatrix a = ComplexMatrix::Zero(6, 6);
        a(j, (j + 1) % 6) = Complex(0.3, 0.8);
        a(j, j) = 1.0;
        local.push_back(a);
        sparse.emplace_back(redfield::SparseMatrix(a.sparseView()));
    }
    check_generator(redfield::Redfield{redfield::System{h, sparse, bath}}, h, local, {bath});
}

TEST_CASE("without the Lamb shift only the real part of the spectrum acts") {
    const ComplexMatrix h = random_hermitian(5, 24);
    const redfield::Redfield equation{redfield::System{h, redfield::SiteProjectors{5}, bath}, false};
    check_generator(equation, h, projectors(5), {real_bath});
}
