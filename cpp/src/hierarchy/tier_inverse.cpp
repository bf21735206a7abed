#include "hierarchy/tier_inverse.hpp"

#include "hierarchy/fermionic_flow.hpp"
#include "hierarchy/index_set.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::hierarchy {

namespace {

/// (D − s)⁻¹ of the elements (k, l) and (l, k), D X_kl = −ω X_lk and D X_lk = ω X_kl.
void solve_pair(Complex s, double w, Complex& kl, Complex& lk) {
    const Complex factor = -1.0 / (s * s + w * w), first = kl;
    kl = factor * (s * first - w * lk);
    lk = factor * (s * lk + w * first);
}

}  // namespace

template <class AnyHierarchy>
BasicTierInverse<AnyHierarchy>::BasicTierInverse(const AnyHierarchy& hierarchy, bool adjoint)
    : hierarchy_(hierarchy),
      energies_((adjoint ? -1.0 : 1.0) * hierarchy.system().eigensystem().energies()),
      adjoint_(adjoint),
      given_(hierarchy.frame() == Frame::given),
      real_(hierarchy.system().eigensystem().vectors().is_real()) {
    if (given_ && real_) vectors_ = hierarchy.system().eigensystem().vectors().re();
    const Index n = hierarchy.dimension();
    if (n > 1 && n <= few_levels && (!given_ || real_)) few_ = FewTiers::make(energies_, vectors_);
}

template <class AnyHierarchy>
Complex BasicTierInverse<AnyHierarchy>::decay_of(Index member) const {
    const Complex decay = hierarchy_.indices().decay(member);
    return adjoint_ ? std::conj(decay) : decay;
}

template <class AnyHierarchy>
void BasicTierInverse<AnyHierarchy>::turn(Eigen::Map<RealMatrix> plane, bool back,
                                          RealMatrix& scratch) const {
    if (real_) {  // a real U turns real and imaginary parts alike
        if (back) {
            scratch.noalias() = vectors_ * plane;
            plane.noalias() = scratch * vectors_.transpose();
        } else {
            scratch.noalias() = vectors_.transpose() * plane;
            plane.noalias() = scratch * vectors_;
        }
        return;
    }
    const Eigensystem& eigen = hierarchy_.system().eigensystem();
    plane = back ? eigen.from_eigenbasis(plane, 1) : eigen.to_eigenbasis(plane, 1);
}

/// With Σ = Σ_k n_k ν_k and ω = E_k − E_l the packed D_n mixes the elements (k, l) and (l, k) alone:
///
///     (D_n⁻¹ r)_kl = −(Σ r_kl − ω r_lk)/(Σ² + ω²),   r = G + iF.
template <class AnyHierarchy>
void BasicTierInverse<AnyHierarchy>::apply(Index first, Index last, double* r, int threads,
                                           double shift) const {
    const auto& set = hierarchy_.indices();
    const Index n = hierarchy_.dimension(), size = n * n;
    if (few_) {
        base::parallel_ranges(threads, last - first, [&](Index begin, Index count) {
            const Index end = first + begin + count;
            for (Index i = first + begin; i < end; ++i)
                few_->divide(decay_of(i) + shift, set.hermitian(i), i + 1 == end,
                             r + set.plane(i) * size);
        });
        return;
    }
    base::parallel_ranges(threads, last - first, [&](Index begin, Index count) {
        RealMatrix scratch;
        for (Index i = first + begin; i < first + begin + count; ++i) {
            const bool hermitian = set.hermitian(i);
            Eigen::Map<RealMatrix> g(r + set.plane(i) * size, n, n);
            Eigen::Map<RealMatrix> f(g.data() + (hermitian ? 0 : size), n, n);
            if (given_) turn(g, false, scratch);
            if (given_ && !hermitian) turn(f, false, scratch);
            const Complex decay = decay_of(i) + shift;
            const double imaginary = hermitian ? 0.0 : 1.0;
            for (Index l = 0; l < n; ++l)
                for (Index k = 0; k <= l; ++k) {
                    Complex kl(g(k, l), imaginary * f(k, l)), lk(g(l, k), imaginary * f(l, k));
                    solve_pair(decay, energies_[k] - energies_[l], kl, lk);
                    g(k, l) = kl.real();
                    g(l, k) = lk.real();
                    if (hermitian) continue;
                    f(k, l) = kl.imag();
                    f(l, k) = lk.imag();
                }
            if (given_) turn(g, true, scratch);
            if (given_ && !hermitian) turn(f, true, scratch);
        }
    });
}

/// The combinations G ± iF of complex G and F are independent: the one decays with Σ, the other with Σ*.
template <class AnyHierarchy>
void BasicTierInverse<AnyHierarchy>::apply(Index first, Index last, Complex* r, int threads,
                                           Complex z) const {
    const auto& set = hierarchy_.indices();
    const Index n = hierarchy_.dimension(), size = n * n;
    const Complex i_unit(0.0, 1.0);
    base::parallel_ranges(threads, last - first, [&](Index begin, Index count) {
        RealMatrix scratch;
        for (Index i = first + begin; i < first + begin + count; ++i) {
            const bool hermitian = set.hermitian(i);
            Eigen::Map<ComplexMatrix> g(r + set.plane(i) * size, n, n);
            Eigen::Map<ComplexMatrix> f(g.data() + (hermitian ? 0 : size), n, n);
            if (given_) turn(g, false, scratch);
            if (given_ && !hermitian) turn(f, false, scratch);
            const Complex decay = decay_of(i) + z, partner = std::conj(decay_of(i)) + z;
            for (Index l = 0; l < n; ++l)
                for (Index k = 0; k <= l; ++k) {
                    const double w = energies_[k] - energies_[l];
                    Complex kl = g(k, l), lk = g(l, k);
                    if (hermitian) {
                        solve_pair(decay, w, kl, lk);
                        g(k, l) = kl;
                        g(l, k) = lk;
                        continue;
                    }
                    Complex other_kl = kl - i_unit * f(k, l), other_lk = lk - i_unit * f(l, k);
                    kl += i_unit * f(k, l);
                    lk += i_unit * f(l, k);
                    solve_pair(decay, w, kl, lk);
                    solve_pair(partner, w, other_kl, other_lk);
                    g(k, l) = 0.5 * (kl + other_kl);
                    g(l, k) = 0.5 * (lk + other_lk);
                    f(k, l) = -0.5 * i_unit * (kl - other_kl);
                    f(l, k) = -0.5 * i_unit * (lk - other_lk);
                }
            if (given_) turn(g, true, scratch);
            if (given_ && !hermitian) turn(f, true, scratch);
        }
    });
}

template <class AnyHierarchy>
void BasicTierInverse<AnyHierarchy>::turn(Eigen::Map<ComplexMatrix> plane, bool back,
                                          RealMatrix& scratch) const {
    RealMatrix re = plane.real(), im = plane.imag();
    turn(Eigen::Map<RealMatrix>(re.data(), re.rows(), re.cols()), back, scratch);
    turn(Eigen::Map<RealMatrix>(im.data(), im.rows(), im.cols()), back, scratch);
    plane.real() = re;
    plane.imag() = im;
}

template class BasicTierInverse<Hierarchy>;
template class BasicTierInverse<FermionicHierarchy>;

}  // namespace redfield::hierarchy
