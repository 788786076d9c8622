# Figures of the product worked out anew in R, from its own distributions and analysis of variance: "name<TAB>value" a line.
# `python -m bench.independent` compares them.

say <- function(name, value) cat(name, "\t", format(value, digits = 15), "\n", sep = "")

# Limiting quality: the smallest sample by trying each one.
for (lot in c(30, 50, 100, 200, 500, 1000, 3200, 10000)) for (lq in c(0.5, 2, 5, 12.5)) for (asked in c(0, 1, 3)) {
  bad <- max(1, ceiling(lot * lq / 100 - 1e-9))
  ac <- min(asked, bad - 1)
  n <- ac + 1
  while (n < lot && phyper(ac, bad, lot - bad, n) > 0.1 * (1 + 1e-12)) n <- n + 1
  say(sprintf("lq %g of %g, Ac %g", lq, lot, asked), n)
}

# Operating characteristics: single plans in lots, a double plan by all its paths.
for (p in c(0.01, 0.04, 0.08)) {
  bad <- round(1000 * p)
  say(sprintf("single 80/5 in 1000 at %g", p), phyper(5, bad, 1000 - bad, 80))
  first <- 0:4
  passes <- dhyper(first, bad, 1000 - bad, 50) * ifelse(first <= 2, 1, phyper(6 - first, bad - first, 950 - bad + first, 50))
  say(sprintf("double 50+50, 2/5 6/7, in 1000 at %g", p), sum(passes))
}

# Cartons: whole ones bad, and beta-binomial ones.
for (opened in c(8, 12, 50)) {
  sizes <- rep(80 %/% opened, opened) + (seq_len(opened) <= 80 %% opened)
  total <- 0
  for (x in 0:min(opened, 5)) {  # of the 5 bad ones x are opened; of those some give one unit more
    more <- 0:x
    chance <- dhyper(more, 80 %% opened, opened - 80 %% opened, x)
    total <- total + dhyper(x, 5, 45, opened) * sum(chance[x * (80 %/% opened) + more <= 5])
  }
  say(sprintf("whole cartons, %g of 50", opened), total)
  found <- 1
  for (m in sizes) {
    k <- 0:m
    found <- convolve(found, rev(choose(m, k) * beta(k + 0.4, m - k + 3.6) / beta(0.4, 3.6)), type = "open")
  }
  say(sprintf("alike units, %g cartons", opened), sum(found[1:6]))
}

# Intervals.
for (case in list(c(0, 60), c(3, 80), c(12, 125))) {
  exact <- binom.test(case[1], case[2])$conf.int
  say(sprintf("interval of %g in %g, high", case[1], case[2]), exact[2])
  say(sprintf("one-sided bound of %g in %g", case[1], case[2]),
      binom.test(case[1], case[2], alternative = "less")$conf.int[2])
}
for (case in list(c(5, -0.3), c(13, 1.2), c(80, 1.8), c(125, 0.9))) {  # one limit: 3 sqrt(n) Cpk is noncentral t
  n <- case[1]
  t <- 3 * sqrt(n) * case[2]
  # By integration over the spread of the sample: R's own pt loses digits far out.
  cdf <- function(delta) integrate(function(x) pnorm(t * sqrt(x / (n - 1)) - delta) * dchisq(x, n - 1),
                                   qchisq(1e-15, n - 1), qchisq(1e-15, n - 1, lower.tail = FALSE),
                                   rel.tol = 1e-11, subdivisions = 2000L)$value
  end <- function(tail) uniroot(function(d) cdf(d) - tail, c(t - 60, t + 60), tol = 1e-11)$root / 3 / sqrt(n)
  say(sprintf("one-sided Cpk %g of %g readings, low", case[2], n), end(0.975))
  say(sprintf("one-sided Cpk %g of %g readings, high", case[2], n), end(0.025))
}

# Gauge R&R by R's own analysis of variance: what was read of ten parts by three people, three times.
read <- as.numeric(strsplit(Sys.getenv("GAUGE"), ",")[[1]])  # person, then part, then trial
data <- data.frame(read, person = gl(3, 30), part = gl(10, 3, 90))
table <- summary(aov(read ~ part * person, data))[[1]]
squares <- table[["Sum Sq"]]
df <- table[["Df"]]
say("gauge: p of the interaction", table[["Pr(>F)"]][3])
error <- sum(squares[3:4]) / sum(df[3:4])
person <- (squares[2] / df[2] - error) / 30
say("gauge: repeatability", sqrt(error))
say("gauge: reproducibility", sqrt(person))
say("gauge: gauge", sqrt(error + person))
say("gauge: parts", sqrt((squares[1] / df[1] - error) / 9))

# Cohen's kappa from its table.
agreed <- matrix(c(18, 4, 6, 12), 2)
chance <- sum(rowSums(agreed) * colSums(agreed)) / sum(agreed)^2
say("kappa", (sum(diag(agreed)) / sum(agreed) - chance) / (1 - chance))
