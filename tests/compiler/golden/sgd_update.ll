; p ← p − η m, m ← μ m + g, in place.

; add+sub
define internal i64 @loop.0(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  %slot3 = getelementptr i8, ptr %args, i64 24
  %a3 = load ptr, ptr %slot3
  %slot4 = getelementptr i8, ptr %args, i64 32
  %a4 = load ptr, ptr %slot4
  br label %head1
head1:
  %i4 = phi i64 [ 0, %entry ], [ %next5, %body2 ]
  %t6 = icmp slt i64 %i4, 56
  br i1 %t6, label %body2, label %exit3
body2:
  %t7 = getelementptr float, ptr %a2, i64 %i4
  %t8 = load <8 x float>, ptr %t7, align 4
  %t9 = fmul <8 x float> %t8, splat (float 0x3FECCCCCC0000000)
  %t10 = getelementptr float, ptr %a3, i64 %i4
  %t11 = load <8 x float>, ptr %t10, align 4
  %t12 = fadd <8 x float> %t9, %t11
  %t13 = getelementptr float, ptr %a4, i64 %i4
  %t14 = load <8 x float>, ptr %t13, align 4
  %t15 = fmul <8 x float> %t12, splat (float 0x3FB99999A0000000)
  %t16 = fsub <8 x float> %t14, %t15
  %t17 = getelementptr float, ptr %a0, i64 %i4
  store <8 x float> %t12, ptr %t17, align 4
  %t18 = getelementptr float, ptr %a1, i64 %i4
  store <8 x float> %t16, ptr %t18, align 4
  %next5 = add i64 %i4, 8
  br label %head1
exit3:
  %t19 = getelementptr float, ptr %a2, i64 56
  %t20 = load <4 x float>, ptr %t19, align 4
  %t21 = fmul <4 x float> %t20, splat (float 0x3FECCCCCC0000000)
  %t22 = getelementptr float, ptr %a3, i64 56
  %t23 = load <4 x float>, ptr %t22, align 4
  %t24 = fadd <4 x float> %t21, %t23
  %t25 = getelementptr float, ptr %a4, i64 56
  %t26 = load <4 x float>, ptr %t25, align 4
  %t27 = fmul <4 x float> %t24, splat (float 0x3FB99999A0000000)
  %t28 = fsub <4 x float> %t26, %t27
  %t29 = getelementptr float, ptr %a0, i64 56
  store <4 x float> %t24, ptr %t29, align 4
  %t30 = getelementptr float, ptr %a1, i64 56
  store <4 x float> %t28, ptr %t30, align 4
  br label %head31
head31:
  %i34 = phi i64 [ 60, %exit3 ], [ %next35, %body32 ]
  %t36 = icmp slt i64 %i34, 63
  br i1 %t36, label %body32, label %exit33
body32:
  %t37 = getelementptr float, ptr %a2, i64 %i34
  %t38 = load float, ptr %t37, align 4
  %t39 = fmul float %t38, 0x3FECCCCCC0000000
  %t40 = getelementptr float, ptr %a3, i64 %i34
  %t41 = load float, ptr %t40, align 4
  %t42 = fadd float %t39, %t41
  %t43 = getelementptr float, ptr %a4, i64 %i34
  %t44 = load float, ptr %t43, align 4
  %t45 = fmul float %t42, 0x3FB99999A0000000
  %t46 = fsub float %t44, %t45
  %t47 = getelementptr float, ptr %a0, i64 %i34
  store float %t42, ptr %t47, align 4
  %t48 = getelementptr float, ptr %a1, i64 %i34
  store float %t46, ptr %t48, align 4
  %next35 = add i64 %i34, 1
  br label %head31
exit33:
  ret i64 0
}
