; Column sums, then the mean and the variance of columns and what is normalised by them.

; sum
define internal i64 @loop.0(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %v2 = alloca <8 x float>
  %v3 = alloca <8 x float>
  %v4 = alloca <8 x float>
  %v5 = alloca <8 x float>
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  %v36 = alloca <4 x float>
  %v37 = alloca <4 x float>
  %t1 = add i64 0, 8
  store <8 x float> splat (float 0x0000000000000000), ptr %v2
  store <8 x float> splat (float 0x0000000000000000), ptr %v3
  store <8 x float> splat (float 0x0000000000000000), ptr %v4
  store <8 x float> splat (float 0x0000000000000000), ptr %v5
  br label %head6
head6:
  %i9 = phi i64 [ 0, %entry ], [ %next10, %body7 ]
  %t11 = icmp slt i64 %i9, 33
  br i1 %t11, label %body7, label %exit8
body7:
  %t12 = getelementptr float, ptr %a2, i64 0
  %t13 = mul i64 %i9, 20
  %t14 = getelementptr float, ptr %t12, i64 %t13
  %t15 = load <8 x float>, ptr %t14, align 4
  %t16 = load <8 x float>, ptr %v2
  %t17 = fadd <8 x float> %t16, %t15
  store <8 x float> %t17, ptr %v2
  %t18 = getelementptr float, ptr %a2, i64 %t1
  %t19 = mul i64 %i9, 20
  %t20 = getelementptr float, ptr %t18, i64 %t19
  %t21 = load <8 x float>, ptr %t20, align 4
  %t22 = load <8 x float>, ptr %v3
  %t23 = fadd <8 x float> %t22, %t21
  store <8 x float> %t23, ptr %v3
  %t24 = load <8 x float>, ptr %v4
  %t25 = fadd <8 x float> %t24, %t15
  store <8 x float> %t25, ptr %v4
  %t26 = load <8 x float>, ptr %v5
  %t27 = fadd <8 x float> %t26, %t21
  store <8 x float> %t27, ptr %v5
  %next10 = add i64 %i9, 1
  br label %head6
exit8:
  %t28 = load <8 x float>, ptr %v2
  %t29 = getelementptr float, ptr %a0, i64 0
  store <8 x float> %t28, ptr %t29, align 4
  %t30 = load <8 x float>, ptr %v3
  %t31 = getelementptr float, ptr %a0, i64 %t1
  store <8 x float> %t30, ptr %t31, align 4
  %t32 = load <8 x float>, ptr %v4
  %t33 = getelementptr float, ptr %a1, i64 0
  store <8 x float> %t32, ptr %t33, align 4
  %t34 = load <8 x float>, ptr %v5
  %t35 = getelementptr float, ptr %a1, i64 %t1
  store <8 x float> %t34, ptr %t35, align 4
  store <4 x float> splat (float 0x0000000000000000), ptr %v36
  store <4 x float> splat (float 0x0000000000000000), ptr %v37
  br label %head38
head38:
  %i41 = phi i64 [ 0, %exit8 ], [ %next42, %body39 ]
  %t43 = icmp slt i64 %i41, 33
  br i1 %t43, label %body39, label %exit40
body39:
  %t44 = getelementptr float, ptr %a2, i64 16
  %t45 = mul i64 %i41, 20
  %t46 = getelementptr float, ptr %t44, i64 %t45
  %t47 = load <4 x float>, ptr %t46, align 4
  %t48 = load <4 x float>, ptr %v36
  %t49 = fadd <4 x float> %t48, %t47
  store <4 x float> %t49, ptr %v36
  %t50 = load <4 x float>, ptr %v37
  %t51 = fadd <4 x float> %t50, %t47
  store <4 x float> %t51, ptr %v37
  %next42 = add i64 %i41, 1
  br label %head38
exit40:
  %t52 = load <4 x float>, ptr %v36
  %t53 = getelementptr float, ptr %a0, i64 16
  store <4 x float> %t52, ptr %t53, align 4
  %t54 = load <4 x float>, ptr %v37
  %t55 = getelementptr float, ptr %a1, i64 16
  store <4 x float> %t54, ptr %t55, align 4
  ret i64 0
}

; div
define internal i64 @loop.1(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  br label %head1
head1:
  %i4 = phi i64 [ 0, %entry ], [ %next5, %body2 ]
  %t6 = icmp slt i64 %i4, 16
  br i1 %t6, label %body2, label %exit3
body2:
  %t7 = getelementptr float, ptr %a1, i64 %i4
  %t8 = load <8 x float>, ptr %t7, align 4
  %t9 = fdiv <8 x float> %t8, splat (float 0x4040800000000000)
  %t10 = getelementptr float, ptr %a0, i64 %i4
  store <8 x float> %t9, ptr %t10, align 4
  %next5 = add i64 %i4, 8
  br label %head1
exit3:
  %t11 = getelementptr float, ptr %a1, i64 16
  %t12 = load <4 x float>, ptr %t11, align 4
  %t13 = fdiv <4 x float> %t12, splat (float 0x4040800000000000)
  %t14 = getelementptr float, ptr %a0, i64 16
  store <4 x float> %t13, ptr %t14, align 4
  ret i64 0
}

; sum
define internal i64 @loop.2(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %v6 = alloca <8 x float>
  %v7 = alloca <8 x float>
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  %v34 = alloca <4 x float>
  %t1 = add i64 0, 8
  %t2 = getelementptr float, ptr %a1, i64 0
  %t3 = load <8 x float>, ptr %t2, align 4
  %t4 = getelementptr float, ptr %a1, i64 %t1
  %t5 = load <8 x float>, ptr %t4, align 4
  store <8 x float> splat (float 0x0000000000000000), ptr %v6
  store <8 x float> splat (float 0x0000000000000000), ptr %v7
  br label %head8
head8:
  %i11 = phi i64 [ 0, %entry ], [ %next12, %body9 ]
  %t13 = icmp slt i64 %i11, 33
  br i1 %t13, label %body9, label %exit10
body9:
  %t14 = getelementptr float, ptr %a2, i64 0
  %t15 = mul i64 %i11, 20
  %t16 = getelementptr float, ptr %t14, i64 %t15
  %t17 = load <8 x float>, ptr %t16, align 4
  %t18 = fsub <8 x float> %t17, %t3
  %t19 = load <8 x float>, ptr %v6
  %t20 = call <8 x float> @llvm.fma.v8f32(<8 x float> %t18, <8 x float> %t18, <8 x float> %t19)
  store <8 x float> %t20, ptr %v6
  %t21 = getelementptr float, ptr %a2, i64 %t1
  %t22 = mul i64 %i11, 20
  %t23 = getelementptr float, ptr %t21, i64 %t22
  %t24 = load <8 x float>, ptr %t23, align 4
  %t25 = fsub <8 x float> %t24, %t5
  %t26 = load <8 x float>, ptr %v7
  %t27 = call <8 x float> @llvm.fma.v8f32(<8 x float> %t25, <8 x float> %t25, <8 x float> %t26)
  store <8 x float> %t27, ptr %v7
  %next12 = add i64 %i11, 1
  br label %head8
exit10:
  %t28 = load <8 x float>, ptr %v6
  %t29 = getelementptr float, ptr %a0, i64 0
  store <8 x float> %t28, ptr %t29, align 4
  %t30 = load <8 x float>, ptr %v7
  %t31 = getelementptr float, ptr %a0, i64 %t1
  store <8 x float> %t30, ptr %t31, align 4
  %t32 = getelementptr float, ptr %a1, i64 16
  %t33 = load <4 x float>, ptr %t32, align 4
  store <4 x float> splat (float 0x0000000000000000), ptr %v34
  br label %head35
head35:
  %i38 = phi i64 [ 0, %exit10 ], [ %next39, %body36 ]
  %t40 = icmp slt i64 %i38, 33
  br i1 %t40, label %body36, label %exit37
body36:
  %t41 = getelementptr float, ptr %a2, i64 16
  %t42 = mul i64 %i38, 20
  %t43 = getelementptr float, ptr %t41, i64 %t42
  %t44 = load <4 x float>, ptr %t43, align 4
  %t45 = fsub <4 x float> %t44, %t33
  %t46 = load <4 x float>, ptr %v34
  %t47 = call <4 x float> @llvm.fma.v4f32(<4 x float> %t45, <4 x float> %t45, <4 x float> %t46)
  store <4 x float> %t47, ptr %v34
  %next39 = add i64 %i38, 1
  br label %head35
exit37:
  %t48 = load <4 x float>, ptr %v34
  %t49 = getelementptr float, ptr %a0, i64 16
  store <4 x float> %t48, ptr %t49, align 4
  ret i64 0
}

; div
define internal i64 @loop.3(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  br label %head1
head1:
  %i4 = phi i64 [ 0, %entry ], [ %next5, %body2 ]
  %t6 = icmp slt i64 %i4, 16
  br i1 %t6, label %body2, label %exit3
body2:
  %t7 = getelementptr float, ptr %a2, i64 %i4
  %t8 = load <8 x float>, ptr %t7, align 4
  %t9 = fdiv <8 x float> %t8, splat (float 0x4040800000000000)
  %t10 = fadd <8 x float> %t9, splat (float 0x3EE4F8B580000000)
  %t11 = call <8 x float> @llvm.sqrt.v8f32(<8 x float> %t10)
  %t12 = fdiv <8 x float> splat (float 0x3FF0000000000000), %t11
  %t13 = getelementptr float, ptr %a0, i64 %i4
  store <8 x float> %t9, ptr %t13, align 4
  %t14 = getelementptr float, ptr %a1, i64 %i4
  store <8 x float> %t12, ptr %t14, align 4
  %next5 = add i64 %i4, 8
  br label %head1
exit3:
  %t15 = getelementptr float, ptr %a2, i64 16
  %t16 = load <4 x float>, ptr %t15, align 4
  %t17 = fdiv <4 x float> %t16, splat (float 0x4040800000000000)
  %t18 = fadd <4 x float> %t17, splat (float 0x3EE4F8B580000000)
  %t19 = call <4 x float> @llvm.sqrt.v4f32(<4 x float> %t18)
  %t20 = fdiv <4 x float> splat (float 0x3FF0000000000000), %t19
  %t21 = getelementptr float, ptr %a0, i64 16
  store <4 x float> %t17, ptr %t21, align 4
  %t22 = getelementptr float, ptr %a1, i64 16
  store <4 x float> %t20, ptr %t22, align 4
  ret i64 0
}

; mul
define internal i64 @loop.4(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  %slot3 = getelementptr i8, ptr %args, i64 24
  %a3 = load ptr, ptr %slot3
  br label %head1
head1:
  %i4 = phi i64 [ 0, %entry ], [ %next5, %exit9 ]
  %t6 = icmp slt i64 %i4, 33
  br i1 %t6, label %body2, label %exit3
body2:
  br label %head7
head7:
  %i10 = phi i64 [ 0, %body2 ], [ %next11, %body8 ]
  %t12 = icmp slt i64 %i10, 16
  br i1 %t12, label %body8, label %exit9
body8:
  %t13 = mul i64 %i4, 20
  %t14 = getelementptr float, ptr %a1, i64 %t13
  %t15 = getelementptr float, ptr %t14, i64 %i10
  %t16 = load <8 x float>, ptr %t15, align 4
  %t17 = getelementptr float, ptr %a2, i64 %i10
  %t18 = load <8 x float>, ptr %t17, align 4
  %t19 = fsub <8 x float> %t16, %t18
  %t20 = getelementptr float, ptr %a3, i64 %i10
  %t21 = load <8 x float>, ptr %t20, align 4
  %t22 = fmul <8 x float> %t19, %t21
  %t23 = mul i64 %i4, 20
  %t24 = getelementptr float, ptr %a0, i64 %t23
  %t25 = getelementptr float, ptr %t24, i64 %i10
  store <8 x float> %t22, ptr %t25, align 4
  %next11 = add i64 %i10, 8
  br label %head7
exit9:
  %t26 = mul i64 %i4, 20
  %t27 = getelementptr float, ptr %a1, i64 %t26
  %t28 = getelementptr float, ptr %t27, i64 16
  %t29 = load <4 x float>, ptr %t28, align 4
  %t30 = getelementptr float, ptr %a2, i64 16
  %t31 = load <4 x float>, ptr %t30, align 4
  %t32 = fsub <4 x float> %t29, %t31
  %t33 = getelementptr float, ptr %a3, i64 16
  %t34 = load <4 x float>, ptr %t33, align 4
  %t35 = fmul <4 x float> %t32, %t34
  %t36 = mul i64 %i4, 20
  %t37 = getelementptr float, ptr %a0, i64 %t36
  %t38 = getelementptr float, ptr %t37, i64 16
  store <4 x float> %t35, ptr %t38, align 4
  %next5 = add i64 %i4, 1
  br label %head1
exit3:
  ret i64 0
}
